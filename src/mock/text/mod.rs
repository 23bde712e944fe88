//! What is done to the texts of documents: cleaned, cut, and looked through for words.

mod clean;
mod cut;
mod piece;
mod words;

pub use clean::clean;
pub use cut::Cutter;
pub use piece::{Piece, pieces};
pub use words::{fingerprint, keywords, likeness, shared_words, tokens};
