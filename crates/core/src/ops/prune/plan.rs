//! Which branch deployments nobody needs any more: a pure function of what is there, the rules and the time.

use std::time::Duration;

use serde::Serialize;

use super::{PresentBranches, Scope};
use crate::plus::branch_deployments::{Deployment, DeploymentType, ReportedStatus};

/// What is deleted beside that whose pull request is closed or merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Only branch deployments of these.
    pub scope: Scope,
    /// Whatever is of a branch that its repository does not have any more.
    pub branches: Option<PresentBranches>,
    /// Whatever has a latest commit older than this.
    pub older_than: Option<Duration>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What is to be deleted: the oldest commit first, what has none before them.
    pub delete: Vec<Candidate>,
    /// How many are kept.
    pub kept: usize,
}

/// A branch deployment that nobody needs any more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// The repository, if it is known.
    pub repository: Option<String>,
    /// The branch, if it is known.
    pub branch: Option<String>,
    /// Why: at least one.
    pub reasons: Vec<Reason>,
    /// What deletion takes.
    #[serde(skip)]
    pub(super) deployment: Deployment,
}

/// Why a branch deployment is not needed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Its pull request was closed.
    PullRequestClosed,
    /// Its pull request was merged.
    PullRequestMerged,
    /// Its branch is not in the repository any more.
    BranchGone,
    /// Its latest commit is too old.
    Old,
}

impl Reason {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PullRequestClosed => "pull request closed",
            Self::PullRequestMerged => "pull request merged",
            Self::BranchGone => "branch gone",
            Self::Old => "old",
        }
    }
}

/// What to delete of `deployments`, by `rules`, at `now` (since the Unix epoch).
///
/// Whatever is not known (a branch, a status, a time) is no reason to delete. A full deployment has none either.
pub fn plan(deployments: Vec<Deployment>, rules: &Rules, now: Duration) -> Planned {
    let all = deployments.len();
    let mut delete: Vec<Candidate> =
        deployments.into_iter().filter_map(|deployment| judge(deployment, rules, now)).collect();
    delete.sort_by(|one, other| {
        let age = |candidate: &Candidate| {
            candidate.deployment.latest_commit.as_ref().map_or(f64::MIN, |commit| commit.timestamp)
        };
        age(one)
            .total_cmp(&age(other))
            .then(one.deployment.deployment_id.cmp(&other.deployment.deployment_id))
    });
    Planned { kept: all - delete.len(), delete }
}

fn judge(deployment: Deployment, rules: &Rules, now: Duration) -> Option<Candidate> {
    if deployment.deployment_type != DeploymentType::Branch {
        return None;
    }
    let git = deployment.branch_deployment_git_metadata.as_ref();
    if let Some(repository) = rules.scope.repository()
        && !git.is_some_and(|git| repository.has(git))
    {
        return None;
    }
    let mut reasons = Vec::new();
    match git.and_then(|git| git.pull_request_status.as_ref()) {
        Some(ReportedStatus::Closed) => reasons.push(Reason::PullRequestClosed),
        Some(ReportedStatus::Merged) => reasons.push(Reason::PullRequestMerged),
        Some(ReportedStatus::Open | ReportedStatus::Other(_)) | None => {}
    }
    if let (Some(git), Some(branches)) = (git, &rules.branches)
        && branches.miss(git)
    {
        reasons.push(Reason::BranchGone);
    }
    if let (Some(commit), Some(limit)) = (&deployment.latest_commit, rules.older_than)
        && now.as_secs_f64() - commit.timestamp > limit.as_secs_f64()
    {
        reasons.push(Reason::Old);
    }
    if reasons.is_empty() {
        return None;
    }
    Some(Candidate {
        name: deployment.deployment_name.clone(),
        repository: git.map(|git| git.repo_name.clone()),
        branch: git.map(|git| git.branch_name.clone()),
        reasons,
        deployment,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::git::seeded;
    use crate::ops::repository::Repository;
    use crate::plus::branch_deployments::{DeploymentCommit, GitMetadata};

    const NOW: Duration = Duration::from_secs(1_700_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn deployment(id: i32, repo: &str, branch: &str, status: Option<ReportedStatus>) -> Deployment {
        Deployment {
            deployment_id: id,
            deployment_name: format!("b{id}"),
            deployment_type: DeploymentType::Branch,
            branch_deployment_git_metadata: Some(GitMetadata {
                branch_name: branch.into(),
                repo_name: repo.into(),
                branch_url: None,
                pull_request_url: None,
                pull_request_status: status,
                pull_request_number: None,
            }),
            latest_commit: None,
        }
    }

    fn aged(deployment: Deployment, days: f64) -> Deployment {
        let timestamp = NOW.as_secs_f64() - days * DAY.as_secs_f64();
        let latest_commit = Some(DeploymentCommit {
            commit_hash: "1f".into(),
            timestamp,
            commit_message: None,
            author_name: None,
        });
        Deployment { latest_commit, ..deployment }
    }

    fn named(repository: &str) -> Repository {
        Repository::Named(repository.into())
    }

    fn everywhere() -> Rules {
        Rules { scope: Scope::All, branches: None, older_than: None }
    }

    fn present(repository: &str, branches: &[&str]) -> Option<PresentBranches> {
        Some(PresentBranches::read(named(repository), branches.iter().copied()).unwrap())
    }

    fn reasons(deployment: Deployment, rules: &Rules) -> Vec<Reason> {
        let planned = plan(vec![deployment], rules, NOW);
        planned.delete.into_iter().flat_map(|candidate| candidate.reasons).collect()
    }

    #[test]
    fn each_rule_finds_its_own() {
        use ReportedStatus::{Closed, Merged, Open, Other};
        let all = Rules {
            scope: Scope::One(named("shop")),
            branches: present("shop", &["main", "kept"]),
            older_than: Some(14 * DAY),
        };
        let none = everywhere();
        let shop = |branch, status| deployment(1, "shop", branch, status);
        let cases: [(Deployment, &Rules, &[Reason]); 13] = [
            (shop("gone", Some(Closed)), &none, &[Reason::PullRequestClosed]),
            (shop("kept", Some(Merged)), &all, &[Reason::PullRequestMerged]),
            (shop("kept", Some(Open)), &all, &[]),
            (shop("kept", Some(Other("DRAFT".into()))), &all, &[]),
            (shop("gone", Some(Open)), &none, &[]),
            (shop("gone", Some(Open)), &all, &[Reason::BranchGone]),
            (shop("gone", None), &all, &[Reason::BranchGone]),
            (aged(shop("kept", None), 14.5), &all, &[Reason::Old]),
            (aged(shop("kept", None), 14.0), &all, &[]),
            (aged(shop("kept", None), f64::NAN), &all, &[]),
            (aged(shop("kept", None), -1e9), &all, &[]),
            (
                aged(shop("gone", Some(Closed)), 99.0),
                &all,
                &[Reason::PullRequestClosed, Reason::BranchGone, Reason::Old],
            ),
            (aged(deployment(1, "other", "gone", Some(Closed)), 99.0), &all, &[]),
        ];
        for (deployment, rules, wanted) in cases {
            assert_eq!(reasons(deployment.clone(), rules), wanted, "{deployment:?}");
        }
    }

    #[test]
    fn the_branches_of_one_repository_say_nothing_of_another_s() {
        let rules = Rules { branches: present("shop", &["main"]), ..everywhere() };
        assert_eq!(reasons(deployment(1, "other", "x", None), &rules), []);
        assert_eq!(reasons(deployment(1, "shop", "x", None), &rules), [Reason::BranchGone]);
    }

    #[test]
    fn the_oldest_goes_first() {
        let closed = |id| deployment(id, "shop", "x", Some(ReportedStatus::Closed));
        let listed = vec![
            aged(closed(1), 1.0),
            aged(closed(2), 9.0),
            closed(4),
            closed(3),
            aged(closed(5), 9.0),
        ];
        let planned = plan(listed, &everywhere(), NOW);
        let names: Vec<_> =
            planned.delete.iter().map(|candidate| candidate.name.as_str()).collect();
        assert_eq!(names, ["b3", "b4", "b2", "b5", "b1"]);
    }

    fn any_deployment() -> impl Strategy<Value = Deployment> {
        let status = prop_oneof![
            Just(None),
            Just(Some(ReportedStatus::Open)),
            Just(Some(ReportedStatus::Closed)),
            Just(Some(ReportedStatus::Merged)),
            Just(Some(ReportedStatus::Other("NEW".into()))),
        ];
        let kind = prop_oneof![
            Just(DeploymentType::Branch),
            Just(DeploymentType::Production),
            Just(DeploymentType::Other("NEW".into())),
        ];
        (
            any::<i32>(),
            "[ab]",
            "[abc]",
            status,
            kind,
            any::<bool>(),
            proptest::option::of(any::<f64>()),
        )
            .prop_map(|(id, repo, branch, status, kind, has_git, days)| {
                let made = deployment(id, &repo, &branch, status);
                let made = days.map_or_else(|| made.clone(), |days| aged(made.clone(), days));
                Deployment {
                    deployment_type: kind,
                    branch_deployment_git_metadata: made
                        .branch_deployment_git_metadata
                        .filter(|_| has_git),
                    ..made
                }
            })
    }

    proptest! {
        #![proptest_config(seeded(256))]

        /// Whatever the service lists and whatever the rules are.
        #[test]
        fn only_branch_deployments_within_the_rules_are_deleted(
            listed in proptest::collection::vec(any_deployment(), 0..20),
            repository in proptest::option::of("[ab]"),
            has_branches in any::<bool>(),
            older_than in proptest::option::of(0_u64..1_000_000_000),
        ) {
            let rules = Rules {
                scope: repository.as_deref().map_or(Scope::All, |it| Scope::One(named(it))),
                branches: present("a", &["a", "b"]).filter(|_| has_branches),
                older_than: older_than.map(Duration::from_secs),
            };
            let count = listed.len();
            let planned = plan(listed, &rules, NOW);
            prop_assert_eq!(planned.delete.len() + planned.kept, count);
            for candidate in planned.delete {
                prop_assert_eq!(&candidate.deployment.deployment_type, &DeploymentType::Branch);
                prop_assert!(!candidate.reasons.is_empty());
                prop_assert!(repository.is_none() || candidate.repository == repository);
                let is_gone = candidate.repository.as_deref() == Some("a") && candidate.branch.as_deref() == Some("c");
                prop_assert_eq!(candidate.reasons.contains(&Reason::BranchGone), has_branches && is_gone);
            }
        }
    }
}
