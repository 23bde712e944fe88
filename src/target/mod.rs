//! Targets: the deployments that are called, what may be done to them, and what they can do.
//!
//! | file | what is in it |
//! |---|---|
//! | `vocabulary.rs` | what the documents say of deployments (`x-contract-target`) |
//! | `config.rs` | the configuration file |
//! | `resolve.rs` | arguments, environment and configuration file made one target |
//! | `base_url.rs`, `proxy.rs`, `key.rs`, `limits.rs`, `permission.rs` | the parts of a target |
//! | `probe.rs` | a target asked: whether it is there, what its keys open, what it can do |
//! | `starter.rs` | a configuration file to begin with |

mod base_url;
mod config;
mod key;
pub mod limits;
mod permission;
pub mod probe;
pub mod proxy;
mod resolve;
mod starter;
mod vocabulary;

pub use base_url::BaseUrl;
pub use config::{Config, FILE_NAME, KeyConfig, KeySource, TargetConfig};
pub use limits::Limits;
pub use permission::Permission;
pub use resolve::{Environment, MissingKey, Overrides, Target, TargetKey, how_to_give, resolve};
pub use starter::starter;
pub use vocabulary::{
    AbilityAsk, AbilityRule, Ask, BaseUrlRule, HeaderRule, IdentifyRule, KeyRule, Refusal,
    RefusalRule, Scope, Vocabulary,
};
