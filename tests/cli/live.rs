//! The mock as a server of its own, which the program knows nothing of, and which tells what it was asked.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dify_contract::exchange::Exchange;
use dify_contract::mock::{Injection, Mock, MockOptions, Witness};

use super::{folder, program};

/// What was asked of a server, in order.
#[derive(Debug, Default)]
pub struct Log(Mutex<Vec<Exchange>>);

impl Witness for Log {
    fn saw(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange);
    }
}

/// A running mock; it goes away with the test.
pub struct Live {
    pub mock: Mock,
    log: Arc<Log>,
    // Dropped last: the mock lives on its threads.
    _runtime: tokio::runtime::Runtime,
}

impl Live {
    /// A mock that does these things wrong.
    pub fn start(faults: &[&str]) -> Self {
        let threads =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = threads.unwrap();
        let log = Arc::<Log>::default();
        let options = MockOptions {
            chunk_delay: Duration::from_micros(200),
            index_time: Duration::from_millis(10),
            idle_limit: Duration::from_millis(300),
            faults: faults.iter().map(|fault| Injection::parse(fault).unwrap()).collect(),
            witness: Some(Arc::clone(&log) as Arc<dyn Witness>),
            ..MockOptions::default()
        };
        let mock = runtime.block_on(Mock::start(options)).unwrap();
        Self { mock, log, _runtime: runtime }
    }

    /// The program in an empty folder, with all keys of this server in its environment.
    pub fn program(&self, test: &str) -> Command {
        let mut command = bare(test);
        command.env("DIFY_BASE_URL", self.mock.base_url());
        for key in self.mock.keys() {
            let name = key.name.to_uppercase().replace('-', "_");
            command.env(format!("DIFY_{name}_KEY"), &key.key);
        }
        command
    }

    /// What was asked so far.
    pub fn seen(&self) -> Vec<Exchange> {
        self.log.0.lock().unwrap().clone()
    }
}

/// The program in an empty folder, where nothing is configured.
pub fn bare(test: &str) -> Command {
    let mut command = program();
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("DIFY_") || name.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder(test));
    command
}

/// The same program, in the same folder as it is now.
pub fn again(command: &Command) -> Command {
    let mut again = Command::new(command.get_program());
    let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    again.current_dir(command.get_current_dir().unwrap()).envs(variables);
    again
}
