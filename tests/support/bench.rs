//! A run against a mock, within the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use dify_contract::builtin;
use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::mock::{Injection, Mock, MockOptions};
use dify_contract::plan::{Phase, PlanOptions};
use dify_contract::run::{Campaign, FileServer, Finished, RunOptions};
use dify_contract::target::{Target, Vocabulary};
use libtest_mimic::Arguments;
use tokio::runtime::Runtime;

/// How long an answer of a mock is waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long it is in a whole run in which nothing is made to keep others waiting, however busy the machine is.
const LONG: Duration = Duration::from_secs(30);

/// The faults for which somebody waits in vain.
const SLOW: [&str; 4] = ["hang", "silent-stream", "endless-body", "slow"];

/// Everything that can be tried with a seed, journeys excepted.
pub fn everything(seed: u64) -> PlanOptions {
    PlanOptions {
        seed,
        phases: Phase::ALL.to_vec(),
        operation: None,
        chances: 12,
        suites: Vec::new(),
        shard: None,
    }
}

/// What runs against mocks share.
pub struct Bench {
    /// Our contract of the API, wherever it is served.
    pub contract: &'static Contract,
    /// What the contract says of targets.
    pub vocabulary: Vocabulary,
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
        let faults = faults.iter().map(|fault| Injection::parse(fault).unwrap()).collect();
        self.runtime.block_on(self.start(seed, faults))
    }

    /// The same, within the runtime.
    pub async fn start(&self, seed: u64, faults: Vec<Injection>) -> (Mock, Target) {
        let options = MockOptions {
            seed,
            chunk_delay: Duration::from_micros(200),
            index_time: Duration::from_millis(10),
            idle_limit: Duration::from_secs(1),
            faults,
            ..MockOptions::default()
        };
        let mock = Mock::start(options).await.unwrap();
        let keys = mock.keys().iter().map(|key| (key.name, key.key.as_str()));
        let mut target = Target::known("mock", &mock.base_url(), keys, &self.vocabulary).unwrap();
        let limits = &mut target.limits;
        (limits.timeout, limits.silence, limits.ready) = (PATIENCE, PATIENCE, PATIENCE);
        (mock, target)
    }

    /// A campaign as the command `run` plans it.
    pub fn campaign(&self, target: Target, seed: u64, plan: PlanOptions) -> Campaign {
        let options = RunOptions {
            plan,
            model_calls: u32::MAX,
            files: Some(self.runtime.block_on(FileServer::start("127.0.0.1:0")).unwrap()),
            recording: None,
            ledger: None,
            mark: "dc-test".to_owned(),
            command: format!("dify-contract run --seed {seed}"),
            choice: String::new(),
        };
        let campaign = Campaign::prepare(self.contract, target, options);
        self.runtime.block_on(campaign).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    /// A run as the command `run` makes it.
    pub fn run(&self, seed: u64, faults: &[&str], plan: PlanOptions) -> Finished {
        let (mock, mut target) = self.mock(seed, faults);
        if !faults.iter().any(|fault| SLOW.iter().any(|slow| fault.starts_with(slow))) {
            (target.limits.timeout, target.limits.silence) = (LONG, LONG);
        }
        let campaign = self.campaign(target, seed, plan);
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
