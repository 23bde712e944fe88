//! Answers that people wrote, and whether they are given to users.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Store, now};

/// So many annotations are kept for an app.
const MOST: usize = 10_000;

/// So many jobs are kept for an app.
const MOST_JOBS: usize = 1_000;

/// A job that is done is remembered for so many seconds.
const MEMORY: f64 = 600.0;

/// An answer that somebody wrote for a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The id.
    pub id: String,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// How often it was the answer.
    pub hit_count: u64,
    /// When it was written, in seconds since 1970.
    pub created_at: i64,
}

/// How annotations are found.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplySetting {
    /// The id.
    pub id: String,
    /// How like the question of an annotation a query has to be.
    pub score_threshold: f64,
    /// The provider of the model that compares.
    pub provider: String,
    /// The model.
    pub model: String,
}

/// The switching on or off of replies.
#[derive(Debug, Clone)]
struct Job {
    /// What it is called in paths: `enable`.
    action: String,
    /// When it is done, in seconds since 1970.
    done: f64,
    /// What comes of it: the setting, none for off; or why it fails.
    outcome: Result<Option<ReplySetting>, String>,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// It has not been done yet.
    Waiting,
    /// It is done.
    Completed,
    /// It failed, for this reason.
    Failed(String),
}

impl JobState {
    /// The server's word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Completed => "completed",
            Self::Failed(_) => "error",
        }
    }
}

/// The annotations of an app.
#[derive(Debug, Clone)]
pub struct Annotations {
    written: Store<Annotation>,
    setting: Option<ReplySetting>,
    jobs: Store<Job>,
    /// The jobs that are not done, in the order in which they will be.
    waiting: VecDeque<String>,
}

impl Default for Annotations {
    fn default() -> Self {
        Self {
            written: Store::new(MOST),
            setting: None,
            jobs: Store::new(MOST_JOBS),
            waiting: VecDeque::new(),
        }
    }
}

impl Annotations {
    /// Adds an annotation.
    pub fn add(&mut self, annotation: Annotation) {
        self.written.insert(annotation.id.clone(), annotation);
    }

    /// The annotation with this id, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Annotation> {
        self.written.get_mut(id)
    }

    /// Removes the annotation with this id.
    pub fn remove(&mut self, id: &str) -> Option<Annotation> {
        self.written.remove(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.written.len()
    }

    /// All, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Annotation> {
        self.written.iter().rev()
    }

    /// The answer to a query, where one is known and replies are on. It is counted as given.
    pub fn find_reply(&mut self, query: &str) -> Option<&Annotation> {
        self.setting()?;
        let known = |annotation: &&mut Annotation| annotation.question == query;
        let found = self.written.iter_mut().rev().find(known)?;
        found.hit_count += 1;
        Some(found)
    }

    /// How annotations are found; `None` while they are not given to users.
    pub fn setting(&mut self) -> Option<&ReplySetting> {
        self.settle();
        self.setting.as_ref()
    }

    /// Begins to switch replies on, or, without a setting, off. It takes so long.
    pub fn begin(
        &mut self,
        job: &str,
        action: &str,
        outcome: Result<Option<ReplySetting>, String>,
        takes: Duration,
    ) {
        // Earlier ones are done earlier.
        self.settle();
        let job_state =
            Job { action: action.to_owned(), done: now() + takes.as_secs_f64(), outcome };
        self.jobs.insert(job, job_state);
        self.waiting.push_back(job.to_owned());
    }

    /// How far a job is; `None` where there is none that was started with this action, or it has been
    /// forgotten.
    pub fn job(&mut self, job: &str, action: &str) -> Option<JobState> {
        self.settle();
        let now = now();
        let job = self.jobs.get(job).filter(|job| job.action == action)?;
        match &job.outcome {
            _ if now < job.done => Some(JobState::Waiting),
            _ if now > job.done + MEMORY => None,
            Ok(_) => Some(JobState::Completed),
            Err(why) => Some(JobState::Failed(why.clone())),
        }
    }

    /// Does the jobs that are due.
    fn settle(&mut self) {
        while let Some(id) = self.waiting.front() {
            match self.jobs.get(id) {
                Some(job) if job.done > now() => return,
                Some(Job { outcome: Ok(setting), .. }) => {
                    // A setting that is changed keeps its id.
                    let old = self.setting.take();
                    self.setting.clone_from(setting);
                    if let (Some(new), Some(old)) = (&mut self.setting, old) {
                        new.id = old.id;
                    }
                }
                _ => {}
            }
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Annotation, Annotations, JobState, ReplySetting};

    #[test]
    fn replies_are_switched_when_their_job_is_done() {
        let mut annotations = Annotations::default();
        let (id, question, answer) = ("a".to_owned(), "Why?".to_owned(), "Because.".to_owned());
        annotations.add(Annotation { id, question, answer, hit_count: 0, created_at: 0 });
        assert_eq!(annotations.find_reply("Why?"), None);
        let setting = |id: &str, score_threshold| ReplySetting {
            id: id.to_owned(),
            score_threshold,
            provider: "p".to_owned(),
            model: "m".to_owned(),
        };
        annotations.begin("1", "enable", Ok(Some(setting("s", 0.9))), Duration::ZERO);
        annotations.begin("2", "enable", Ok(Some(setting("t", 0.5))), Duration::ZERO);
        annotations.begin("3", "disable", Ok(None), Duration::from_mins(10));
        assert_eq!(annotations.find_reply("Why?").map(|found| found.hit_count), Some(1));
        assert_eq!(annotations.find_reply("why?"), None);
        assert_eq!(annotations.setting(), Some(&setting("s", 0.5)));
        assert_eq!(annotations.job("1", "enable"), Some(JobState::Completed));
        assert_eq!(annotations.job("1", "disable"), None);
        assert_eq!(annotations.job("3", "disable"), Some(JobState::Waiting));
    }
}
