//! Credentials for registries, from where `docker login` puts them.

use std::{
    fs,
    io::{self, Cursor},
    path::PathBuf,
    sync::mpsc,
    thread,
    time::Duration,
};

use docker_credential::{
    CredentialRetrievalError as Failure, DockerCredential, get_credential_from_reader,
};
use offshoot_core::{
    env::Env,
    registry::{Credential, Keychain},
    secret::Secret,
};

/// How long a credential helper may take. Some of them ask a cloud.
const PATIENCE: Duration = Duration::from_secs(15);

/// `config.json` of Docker, in the folder that `DOCKER_CONFIG` names, else in `~/.docker`.
///
/// Where it names a credential helper, that is run: nothing else of offshoot runs it.
#[derive(Debug, Clone)]
pub struct DockerConfig {
    path: Option<PathBuf>,
}

impl DockerConfig {
    /// Takes the folder from `env`.
    pub fn new(env: &Env) -> Self {
        let folder = env.get("DOCKER_CONFIG").map(PathBuf::from);
        let folder = folder.or_else(|| Some(PathBuf::from(env.get("HOME")?).join(".docker")));
        Self { path: folder.map(|folder| folder.join("config.json")) }
    }

    /// [`Keychain::credential`] without a future: it blocks.
    ///
    /// # Errors
    /// As [`Keychain::credential`].
    pub fn look_up(&self, registry: &str) -> Result<Option<Credential>, String> {
        let Some(path) = &self.path else { return Ok(None) };
        let unreadable = |why: &dyn std::fmt::Display| format!("`{}` {why}", path.display());
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&format_args!("cannot be read: {error}"))),
        };
        match in_time(text, registry.to_owned()) {
            Some(Ok(found)) => Ok(Some(credential(found))),
            Some(Err(Failure::NoCredentialConfigured)) => Ok(None),
            Some(Err(Failure::HelperFailure { stdout, stderr, .. }))
                if is_absence(&stdout, &stderr) =>
            {
                Ok(None)
            }
            Some(Err(Failure::HelperFailure { helper, .. })) => Err(format!("`{helper}` fails")),
            Some(Err(Failure::HelperCommunicationError)) => {
                Err(unreadable(&"names a credential helper that does not start"))
            }
            Some(Err(Failure::MalformedHelperResponse)) => {
                Err(unreadable(&"names a credential helper whose answer is no credential"))
            }
            Some(Err(_)) => Err(unreadable(&"is not as Docker writes it")),
            None => Err(unreadable(&"names a credential helper that does not answer")),
        }
    }
}

impl Keychain for DockerConfig {
    async fn credential(&self, registry: &str) -> Result<Option<Credential>, String> {
        self.look_up(registry)
    }
}

/// [`DockerConfig`] on tokio's pool of blocking threads.
#[cfg(feature = "tokio")]
#[derive(Debug, Clone)]
pub struct TokioDockerConfig(DockerConfig);

#[cfg(feature = "tokio")]
impl TokioDockerConfig {
    /// As [`DockerConfig::new`].
    pub fn new(env: &Env) -> Self {
        Self(DockerConfig::new(env))
    }
}

#[cfg(feature = "tokio")]
impl Keychain for TokioDockerConfig {
    async fn credential(&self, registry: &str) -> Result<Option<Credential>, String> {
        let (blocking, registry) = (self.0.clone(), registry.to_owned());
        let looked_up = tokio::task::spawn_blocking(move || blocking.look_up(&registry)).await;
        looked_up.unwrap_or_else(|_| Err("the look-up was abandoned".to_owned()))
    }
}

/// The credential in the configuration `text`, or from the helper that it names; `None` if that takes too long.
fn in_time(text: Vec<u8>, registry: String) -> Option<Result<DockerCredential, Failure>> {
    let (found, wait) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more if it took too long.
        let _unheard = found.send(get_credential_from_reader(Cursor::new(text), &registry));
    });
    wait.recv_timeout(PATIENCE).ok()
}

fn credential(found: DockerCredential) -> Credential {
    match found {
        DockerCredential::IdentityToken(token) => Credential::IdentityToken(Secret::new(token)),
        DockerCredential::UsernamePassword(username, password) => {
            Credential::Password { username, password: Secret::new(password) }
        }
    }
}

/// Whether a helper failed because it has no credential: all that use Docker's own library say so in these words.
fn is_absence(stdout: &str, stderr: &str) -> bool {
    [stdout, stderr].iter().any(|text| text.contains("credentials not found"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_up(config: &str, registry: &str) -> Result<Option<Credential>, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.json"), config).unwrap();
        let env: Env = [("DOCKER_CONFIG", folder.path().to_str().unwrap())].into_iter().collect();
        let found = DockerConfig::new(&env).look_up(registry);
        found.map_err(|error| error.replace(folder.path().to_str().unwrap(), "."))
    }

    #[test]
    fn what_docker_login_has_stored_is_found() {
        // robot:hunter2
        let config = r#"{"auths": {"registry.example:5000": {"auth": "cm9ib3Q6aHVudGVyMg=="},
            "https://index.docker.io/v1/": {"auth": "cm9ib3Q6aHVudGVyMg==", "identitytoken": "refresh"}}}"#;
        let password =
            Credential::Password { username: "robot".into(), password: Secret::new("hunter2") };
        assert_eq!(look_up(config, "registry.example:5000"), Ok(Some(password)));
        let refresh = Credential::IdentityToken(Secret::new("refresh"));
        assert_eq!(look_up(config, "https://index.docker.io/v1/"), Ok(Some(refresh)));
        assert_eq!(look_up(config, "other.example"), Ok(None));
        assert_eq!(DockerConfig::new(&Env::default()).look_up("other.example"), Ok(None));
        let nowhere: Env = [("HOME", "/nonexistent")].into_iter().collect();
        assert_eq!(DockerConfig::new(&nowhere).look_up("other.example"), Ok(None));
    }

    #[test]
    fn what_cannot_be_used_is_told_without_showing_it() {
        for (config, said) in [
            ("{", "`./config.json` is not as Docker writes it"),
            (
                r#"{"auths": {"r": {"auth": "hunter2!"}}}"#,
                "`./config.json` is not as Docker writes it",
            ),
            (
                r#"{"credHelpers": {"r": "offshoot-has-none"}}"#,
                "`./config.json` names a credential helper that does not start",
            ),
        ] {
            assert_eq!(look_up(config, "r"), Err(said.to_owned()));
        }
    }

    #[test]
    fn a_helper_without_a_credential_is_no_failure() {
        assert!(is_absence("credentials not found in native keychain\n", ""));
        assert!(!is_absence("", "no such region"));
    }
}
