//! A run against a mock, within the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use dify_contract::builtin;
use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::mock::{Injection, Mock, MockOptions};
use dify_contract::plan::{Phase, PlanOptions, Shard};
use dify_contract::run::{Campaign, Finished, RunOptions};
use dify_contract::target::{Target, Vocabulary};
use libtest_mimic::Arguments;
use tokio::runtime::Runtime;

/// What runs against mocks share.
pub struct Bench {
    /// Our contract of the API, wherever it is served.
    pub contract: &'static Contract,
    vocabulary: Vocabulary,
    pub runtime: Runtime,
}

impl Bench {
    pub fn new() -> Self {
        let overlay = Overlay::read(builtin::OVERLAY).unwrap();
        let specs = vec![builtin::CONTRACT.to_owned()];
        let sources = Sources { specs, optional_overlays: vec![overlay], ..Sources::default() };
        let contract = Contract::load(sources).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let vocabulary = Vocabulary::of(&contract).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_stack_size(64 << 20)
            .build()
            .unwrap();
        // Trials outlive their makers, as the harness wants it.
        Self { contract: Box::leak(Box::new(contract)), vocabulary, runtime }
    }

    /// A mock with these faults, and the target that it is.
    pub fn mock(&self, seed: u64, faults: &[&str]) -> (Mock, Target) {
        let options = MockOptions {
            seed,
            chunk_delay: Duration::from_micros(200),
            index_time: Duration::from_millis(10),
            idle_limit: Duration::from_millis(300),
            faults: faults.iter().map(|fault| Injection::parse(fault).unwrap()).collect(),
            ..MockOptions::default()
        };
        let mock = self.runtime.block_on(Mock::start(options)).unwrap();
        let keys = mock.keys().iter().map(|key| (key.name, key.key.as_str()));
        let target = Target::known("mock", &mock.base_url(), keys, &self.vocabulary).unwrap();
        (mock, target)
    }

    /// A run as the command `run` makes it.
    pub fn run(&self, faults: &[&str], operation: &str, shard: Option<Shard>) -> Finished {
        let (mock, target) = self.mock(1, faults);
        let options = RunOptions {
            plan: PlanOptions {
                seed: 1,
                phases: Phase::ALL.to_vec(),
                operation: Some(operation.to_owned()),
                chances: 12,
                suites: Vec::new(),
                shard,
            },
            model_calls: u32::MAX,
            recording: None,
            ledger: None,
            mark: "dc-test".to_owned(),
            command: "dify-contract run --seed 1".to_owned(),
        };
        let campaign = Campaign::prepare(self.contract, target, options);
        let campaign = self.runtime.block_on(campaign).unwrap_or_else(|p| panic!("{p:#?}"));
        let arguments = Arguments {
            test_threads: Some(8),
            logfile: Some("/dev/null".to_owned()),
            ..Arguments::default()
        };
        let (stop, done) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let finished = campaign.run(&arguments, self.runtime.handle(), stop, done).unwrap();
        drop(mock);
        finished
    }
}
