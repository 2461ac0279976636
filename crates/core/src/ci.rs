//! Which CI system runs this build, and what it says of branch, commit, pull request and build: a pure function of
//! the variables, and of the two sorts of documents that systems leave instead of variables ([`Documents`]).
//!
//! Each system is one small file with one `read` function; the lists of names in it are ordered, and the first usable
//! value wins. A field is never guessed: a merge ref is no branch, a merge commit is no head, `HEAD` is nothing.
//!
//! # Variables of the user
//!
//! These override what any system says, and are all there is on systems that say nothing:
//! `OFFSHOOT_BRANCH`, `OFFSHOOT_COMMIT`, `OFFSHOOT_PULL_REQUEST` (the number), `OFFSHOOT_PULL_REQUEST_URL`,
//! `OFFSHOOT_PULL_REQUEST_STATUS` (open, closed or merged), `OFFSHOOT_TARGET_BRANCH`, `OFFSHOOT_REPOSITORY`
//! (`owner/name`), `OFFSHOOT_CLONE_URL`, `OFFSHOOT_BUILD_URL`, `OFFSHOOT_JOB_ID`, `OFFSHOOT_TAG`, `OFFSHOOT_FORK` (true
//! or false), `OFFSHOOT_DEFAULT_BRANCH`, `OFFSHOOT_BRANCH_IS_DEFAULT` (true or false: whether the branch is the default
//! branch), and `OFFSHOOT_CI` (the system's id). One that decides where the build goes and cannot be used is an error of the
//! target; the others are ignored with a note.

mod appveyor;
mod azure_pipelines;
mod bitbucket;
mod bitrise;
mod buddy;
mod buildkite;
mod circleci;
mod cirrus;
mod codebuild;
mod codefresh;
mod documents;
mod drone;
mod fields;
mod found;
mod github_actions;
mod gitlab_ci;
mod google_cloud_build;
mod harness;
mod hosting;
mod jenkins;
mod overrides;
mod refs;
mod screwdriver;
mod semaphore;
mod silent;
mod system;
mod teamcity;
mod travis;
mod vars;
mod vela;
mod web;
mod woodpecker;

use serde::Serialize;

pub(crate) use self::web::segment;
pub use self::{
    documents::{Documents, GithubEvent, properties},
    fields::{BuildKind, PullRequestStatus},
    found::Found,
    hosting::Hosting,
    overrides::{Unusable, VARIABLES},
    system::{SYSTEMS, System},
};
use self::{fields::Fields, vars::Vars};
use crate::{env::Env, git::Slug};

/// What is known of this build. Every field is optional, and says where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Detected {
    /// The system; `None` outside of CI, and on systems that cannot be told by their variables.
    pub system: Option<System>,
    /// Other systems that left their variables: a GitLab runner started from Jenkins.
    pub also: Vec<System>,
    /// What is built. `None` if nothing says it.
    pub kind: Option<Found<BuildKind>>,
    /// The branch that was pushed; of a pull request, its source branch.
    pub branch: Option<Found<String>>,
    /// The head of that branch: never the commit of a trial merge. As long as the system gives it: Bitbucket shortens.
    pub commit: Option<Found<String>>,
    /// The trial merge into the target that is built, where the system names it and not the head, which is its second
    /// parent. It is for who can ask Git, and not to be shown.
    #[serde(skip)]
    pub merge: Option<Found<String>>,
    /// The number of the pull request that is seen in its URL.
    pub pull_request: Option<Found<u64>>,
    /// The page of the pull request.
    pub pull_request_url: Option<Found<String>>,
    /// Whether it is open, closed or merged.
    pub pull_request_status: Option<Found<PullRequestStatus>>,
    /// The branch that the pull request is to be merged into.
    pub target_branch: Option<Found<String>>,
    /// Owner and name of the repository.
    pub repository: Option<Found<Slug>>,
    /// Where the repository is cloned from, without user and password.
    pub clone_url: Option<Found<String>>,
    /// The page of the build.
    pub build_url: Option<Found<String>>,
    /// The job, as the system names it.
    pub job_id: Option<Found<String>>,
    /// The tag that is built.
    pub tag: Option<Found<String>>,
    /// Whether the pull request comes from another repository.
    pub fork: Option<Found<bool>>,
    /// The repository's default branch.
    pub default_branch: Option<Found<String>>,
    /// Whether the branch is the default branch, if somebody says so without saying which that is.
    pub branch_is_default: Option<Found<bool>>,
    /// A variable of the user that decides where the build goes, and cannot be used: no other value may stand in for it.
    #[serde(skip)]
    pub unusable: Option<Unusable>,
    /// What was given and cannot be used, and what the system does not say at all. One sentence each, without period.
    pub problems: Vec<String>,
}

/// Reads what the variables say of this build.
///
/// The first system of [`SYSTEMS`] that is present counts, unless `OFFSHOOT_CI` names another.
pub fn detect(env: &Env, documents: &Documents) -> Detected {
    let vars = Vars::new(env, documents);
    let mut present = system::present(vars).into_iter();
    let system = present.next();
    let given = overrides::read(vars);
    let mut problems = documents.problems.clone();
    let unusable = overrides::unusable(vars, &given);
    problems.extend(unusable.iter().map(Unusable::problem));
    let unusable = unusable.into_iter().find(Unusable::decides);
    let said = system.map_or_else(Fields::default, |system| system.read(vars));
    let detected = given.or(said).settle();
    problems.extend(system.filter(|_| detected.branch.is_none()).and_then(silent::problem));
    Detected { system, also: present.collect(), unusable, problems, ..detected }
}
