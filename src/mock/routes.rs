//! Which paths there are, and who answers them.

use super::areas;
use super::call::Call;
use super::reply::Outcome;
use super::state::World;

/// An operation.
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path below `/v1`. `{name:uuid}` takes nothing but a UUID: anything else is no such route.
    pub path: &'static str,
    /// Which key opens it, and where it says who its user is.
    pub access: Access,
    /// The handler.
    pub handle: fn(&mut World, &Call<'_>) -> Outcome,
}

/// Which key opens an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The key of an app; the user of the app is named there.
    App(UserIn),
    /// The key of a workspace's knowledge. A `dataset_id` in the path is looked up before the handler.
    Knowledge,
}

/// Where a call names its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserIn {
    /// Nowhere: it is the app's owner who calls.
    Nowhere,
    /// In the query.
    Query,
    /// In the query, where it must be.
    QueryRequired,
    /// In the JSON body, which must be there.
    Json,
    /// In the JSON body, where it must be.
    JsonRequired,
    /// In a form.
    Form,
}

/// All operations.
pub fn all() -> impl Iterator<Item = &'static Route> {
    areas::ROUTES.iter().flat_map(|routes| routes.iter())
}

/// A path template without the kinds of its parameters, as the router wants it; and the names of
/// those that must be UUIDs.
pub fn template(path: &'static str) -> (String, Vec<&'static str>) {
    let uuids = path.split('/').filter_map(|segment| {
        segment.strip_prefix('{').and_then(|segment| segment.strip_suffix(":uuid}"))
    });
    (path.replace(":uuid}", "}"), uuids.collect())
}
