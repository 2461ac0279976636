//! The configuration files of the official tools, read as they read them.

use std::io;

use toml::de::{DeTable, DeValue};

use crate::{
    env::Env,
    error::{Code, Explain},
    location::yaml,
    ports::{Files, ReadAt},
};

/// Far more than the five keys need.
const MAX_SIZE: u64 = 1024 * 1024;

/// Looks settings up in `~/.dagster_cloud_cli/config` (YAML; `DAGSTER_CLOUD_CLI_CONFIG` names another place)
/// and then in `~/.config/dg.toml`, section `cli.plus` (`DG_CLI_CONFIG`, `XDG_CONFIG_HOME`).
///
/// Files are opened when first asked for, so a build that sets variables opens none.
pub struct ConfigFiles<'a, F> {
    env: &'a Env,
    files: &'a F,
}

impl<'a, F: Files> ConfigFiles<'a, F> {
    pub(super) fn new(env: &'a Env, files: &'a F) -> Self {
        Self { env, files }
    }

    /// The value of `key`, from the first file that has one.
    ///
    /// # Errors
    /// If a file is there and cannot be read or parsed.
    pub fn get(&self, key: &str) -> Result<Option<String>, ConfigFileError> {
        for (path, parse) in self.places() {
            let Some(text) = self.read(&path)? else { continue };
            let value = parse(&text, key)
                .map_err(|problem| ConfigFileError::Syntax { path: path.clone(), problem })?;
            if value.as_ref().is_some_and(|value| !value.is_empty()) {
                return Ok(value);
            }
        }
        Ok(None)
    }

    fn places(&self) -> Vec<(String, Parse)> {
        let home = self
            .env
            .get("HOME")
            .or_else(|| self.env.get("USERPROFILE"))
            .map(|home| home.replace('\\', "/"));
        let below_home =
            |path: &str| home.as_ref().map(|home| format!("{}/{path}", home.trim_end_matches('/')));
        let cloud = match self.env.get("DAGSTER_CLOUD_CLI_CONFIG") {
            Some(path) => Some(path.to_owned()),
            None => below_home(".dagster_cloud_cli/config"),
        };
        let dg = match (self.env.get("DG_CLI_CONFIG"), self.env.get("XDG_CONFIG_HOME")) {
            (Some(path), _) => Some(path.to_owned()),
            (None, Some(folder)) => Some(format!("{folder}/dg.toml")),
            (None, None) => below_home(".config/dg.toml"),
        };
        let places: [(_, Parse); 2] = [(cloud, cloud_config), (dg, dg_config)];
        places.into_iter().filter_map(|(path, parse)| Some((path?, parse))).collect()
    }

    fn read(&self, path: &str) -> Result<Option<String>, ConfigFileError> {
        let unreadable = |source: io::Error| ConfigFileError::Unreadable {
            path: path.to_owned(),
            problem: source.to_string(),
        };
        let Some(file) = self.files.open(path).map_err(unreadable)? else { return Ok(None) };
        let mut bytes = vec![0; usize::try_from(file.len().min(MAX_SIZE)).unwrap_or_default()];
        let mut read = 0;
        while let Some(rest) = bytes.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match file.read_at(read as u64, rest).map_err(unreadable)? {
                0 => break,
                more => read += more,
            }
        }
        bytes.truncate(read);
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// The value of a key in a text, or why the text cannot be used.
type Parse = fn(&str, &str) -> Result<Option<String>, String>;

fn cloud_config(text: &str, key: &str) -> Result<Option<String>, String> {
    let value =
        yaml::load(text).and_then(|node| yaml::to_json(&node)).map_err(|error| error.message)?;
    match value {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Object(map) => Ok(map.get(key).and_then(|value| match value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        })),
        _ => Err("it is not a mapping".to_owned()),
    }
}

fn dg_config(text: &str, key: &str) -> Result<Option<String>, String> {
    let table = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
    let plus = table.get_ref().get("cli").and_then(|cli| cli.get_ref().get("plus"));
    Ok(plus.and_then(|plus| plus.get_ref().get(key)).and_then(|value| match value.get_ref() {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => Some(number.to_string()),
        _ => None,
    }))
}

/// A configuration file that is there and of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFileError {
    /// It cannot be read.
    #[error("the configuration file `{path}` cannot be read: {problem}")]
    Unreadable {
        /// Where.
        path: String,
        /// In the system's words.
        problem: String,
    },
    /// It cannot be parsed.
    #[error("the configuration file `{path}` cannot be used: {problem}")]
    Syntax {
        /// Where.
        path: String,
        /// In words, without its content.
        problem: String,
    },
}

impl Explain for ConfigFileError {
    fn code(&self) -> Code {
        Code::SettingsFile
    }

    fn hint(&self) -> Option<String> {
        Some("mend or remove it, or set DAGSTER_CLOUD_ORGANIZATION and DAGSTER_CLOUD_API_TOKEN, which come first".to_owned())
    }
}
