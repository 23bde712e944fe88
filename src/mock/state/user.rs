//! The end users of apps.

use serde_json::{Value, json};

use super::Store;

/// Who a call speaks for that names nobody.
const ANONYMOUS: &str = "DEFAULT-USER";

/// An end user of an app.
#[derive(Debug, Clone)]
pub struct EndUser {
    /// The id.
    pub id: String,
    /// The number of the app.
    pub app: usize,
    /// The name by which calls call them.
    pub session: String,
    /// When they first came, in seconds since 1970.
    pub created_at: i64,
}

impl EndUser {
    /// Whether they came without a name.
    pub fn is_anonymous(&self) -> bool {
        self.session == ANONYMOUS
    }

    /// A short form, as lists carry it.
    pub fn brief(&self) -> Value {
        json!({
            "id": self.id,
            "type": "service-api",
            "is_anonymous": self.is_anonymous(),
            "session_id": self.session,
        })
    }
}

/// All end users.
#[derive(Debug, Clone, Default)]
pub struct Users {
    users: Store<EndUser>,
    by_session: std::collections::HashMap<(usize, String), String>,
}

impl Users {
    /// The id of the end user whom an app's calls call so; they are noted down at the first call.
    pub fn enter(
        &mut self,
        app: usize,
        session: Option<&str>,
        id: impl FnOnce() -> String,
        now: i64,
    ) -> String {
        let session = session.filter(|session| !session.is_empty()).unwrap_or(ANONYMOUS);
        let key = (app, session.to_owned());
        if let Some(id) = self.by_session.get(&key) {
            return id.clone();
        }
        let (id, session) = (id(), session.to_owned());
        let user = EndUser { id: id.clone(), app, session, created_at: now };
        self.users.insert(&id, user);
        self.by_session.insert(key, id.clone());
        id
    }

    /// The ids of an app's end users beside this one, those who came first first.
    pub fn beside(&self, app: usize, user: &str) -> Vec<String> {
        let others = self.users.iter().filter(|other| other.app == app && other.id != user);
        others.map(|other| other.id.clone()).collect()
    }

    /// The end user with this id.
    pub fn get(&self, id: &str) -> Option<&EndUser> {
        self.users.get(id)
    }
}
