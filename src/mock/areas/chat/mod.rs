//! Asking: chats, agents, chatflows and completions, and stopping what they say.

mod asked;
mod events;
mod flow;
mod routes;
mod script;
mod stop;

pub use asked::title;
pub use routes::{ROUTES, only_chat};
