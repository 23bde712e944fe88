//! Schemas: raw as the documents have them, rewritten to one dialect, compiled once.

mod compare;
mod declared;
mod describe;
mod discriminator;
mod formats;
mod judge;
mod normal;
mod prose;
mod sides;
mod sound;
mod table;
mod violations;

pub use compare::{Mismatch, MismatchKind, Side};
pub use declared::{Declared, Node, TypeSet};
pub use describe::{excerpt, type_name};
pub use discriminator::DISPATCH;
pub use formats::{is_known as is_known_format, names as known_formats};
pub use judge::Judge;
pub use normal::{Dialect, RANGE, normal};
pub use prose::listed_values;

pub use table::{Compiled, SchemaId, Schemas};
