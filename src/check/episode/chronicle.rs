//! An episode, with what several laws want to know of it.

use std::cell::OnceCell;

use super::episode::Episode;
use super::story::Story;
use super::walk::{View, views};

/// An episode, with what several laws want to know of it: each is worked out once, when it is asked for.
pub struct Chronicle<'s, 'e> {
    /// The episode.
    pub episode: &'s Episode<'e>,
    stories: OnceCell<Vec<Story<'s, 'e>>>,
    views: OnceCell<Vec<View<'s>>>,
}

impl<'s, 'e> Chronicle<'s, 'e> {
    /// What is to be known of an episode.
    #[must_use]
    pub fn of(episode: &'s Episode<'e>) -> Self {
        Self { episode, stories: OnceCell::new(), views: OnceCell::new() }
    }

    /// The stories of all things that the episode has for itself; see [`Story::own`].
    #[must_use]
    pub fn stories(&self) -> &[Story<'s, 'e>] {
        self.stories.get_or_init(|| Story::own(self.episode))
    }

    /// What it read of lists; see [`views`].
    #[must_use]
    pub fn views(&self) -> &[View<'s>] {
        self.views.get_or_init(|| views(self.episode))
    }
}
