//! The token of a hosting service, from the variables that people and CI systems give it in.

use crate::{ci::Hosting, env::Env, secret::Secret};

/// The variable that counts whichever the service is.
pub(super) const OWN: &str = "OFFSHOOT_NOTIFY_TOKEN";

/// The token for `hosting`. A token for another service is never one for this.
pub(crate) fn token(hosting: Hosting, env: &Env) -> Option<Secret> {
    let usable = |name: &&str| {
        // What Azure leaves where it has nothing to fill in.
        env.get(name).filter(|value| !value.starts_with("$(")).map(Secret::new)
    };
    let in_gitea = env.get("GITEA_ACTIONS").is_some() || env.get("FORGEJO_ACTIONS").is_some();
    let shared: &[&str] = match hosting {
        // These set GITHUB_TOKEN to a token of their own.
        Hosting::Gitea if in_gitea => &["GITHUB_TOKEN"],
        Hosting::GitHub if in_gitea => &["GH_TOKEN"],
        Hosting::GitHub => &["GITHUB_TOKEN", "GH_TOKEN"],
        _ => &[],
    };
    [OWN].iter().chain(variables(hosting)).chain(shared).find_map(usable)
}

/// The variables of one service alone.
fn variables(hosting: Hosting) -> &'static [&'static str] {
    match hosting {
        Hosting::GitHub => &[],
        Hosting::GitLab => &["GITLAB_TOKEN"],
        Hosting::Bitbucket => &["BITBUCKET_TOKEN", "BITBUCKET_ACCESS_TOKEN"],
        Hosting::AzureDevOps => &["SYSTEM_ACCESSTOKEN", "AZURE_DEVOPS_EXT_PAT"],
        Hosting::Gitea => &["GITEA_TOKEN", "FORGEJO_TOKEN"],
    }
}

/// What to do, for people who have given none.
pub(super) fn advice(hosting: Hosting) -> String {
    let (name, to) = match hosting {
        Hosting::GitHub => {
            ("GITHUB_TOKEN", "in a workflow `${{ github.token }}`, under `env:` of the step")
        }
        Hosting::GitLab => (
            "GITLAB_TOKEN",
            "an access token of the project with the scope `api` (CI_JOB_TOKEN may not write comments)",
        ),
        Hosting::Bitbucket => ("BITBUCKET_TOKEN", "an access token of the repository"),
        Hosting::AzureDevOps => {
            ("SYSTEM_ACCESSTOKEN", "`$(System.AccessToken)`, under `env:` of the step")
        }
        Hosting::Gitea => ("GITEA_TOKEN", "an access token"),
    };
    format!("set {name} or {OWN}: {to}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_to_its_own_service_alone() {
        let names = [
            "GITHUB_TOKEN",
            "GITLAB_TOKEN",
            "CI_JOB_TOKEN",
            "BITBUCKET_TOKEN",
            "AZURE_DEVOPS_EXT_PAT",
            "GITEA_TOKEN",
        ];
        let all: Env = names.into_iter().map(|name| (name, name)).collect();
        let of = |hosting, env: &Env| token(hosting, env).map(|it| it.expose().to_owned());
        for (hosting, name) in [
            (Hosting::GitHub, "GITHUB_TOKEN"),
            (Hosting::GitLab, "GITLAB_TOKEN"),
            (Hosting::Bitbucket, "BITBUCKET_TOKEN"),
            (Hosting::AzureDevOps, "AZURE_DEVOPS_EXT_PAT"),
            (Hosting::Gitea, "GITEA_TOKEN"),
        ] {
            assert_eq!(of(hosting, &all).as_deref(), Some(name));
            let others: Env =
                names.into_iter().filter(|it| *it != name).map(|it| (it, it)).collect();
            assert_eq!(of(hosting, &others), None, "{hosting}");
        }
        let gitea: Env = [("GITEA_ACTIONS", "true"), ("GITHUB_TOKEN", "t")].into_iter().collect();
        assert_eq!(of(Hosting::Gitea, &gitea).as_deref(), Some("t"));
        assert_eq!(of(Hosting::GitHub, &gitea), None);
        let unfilled: Env = [("SYSTEM_ACCESSTOKEN", "$(System.AccessToken)")].into_iter().collect();
        assert_eq!(of(Hosting::AzureDevOps, &unfilled), None);
        let own: Env = [(OWN, "own"), ("GITHUB_TOKEN", "t")].into_iter().collect();
        assert_eq!(of(Hosting::GitHub, &own).as_deref(), Some("own"));
    }
}
