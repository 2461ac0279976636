//! Requests and answers as JSON text, errors as the JSON of their report.

use std::{mem, pin::Pin};

use js_sys::Promise;
use offshoot_core::{
    env::Env,
    error::{Code, Report},
    ops,
    plus::{Connection, DeploymentName},
    ports::Files,
    settings::{Resolver, Settings, SettingsError},
    text::{Text, to_json},
    written::of_fields,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// What every operation takes, and the text of what one takes of its own.
#[derive(Deserialize)]
pub struct Request {
    /// What the options say.
    pub settings: Fields<Settings>,
    /// The variables that stand behind the settings.
    pub env: Env,
    /// The absolute path that relative ones start from, with `/` between its parts.
    pub cwd: String,
    input: Map<String, Value>,
    /// Whether the answer is what the command line prints without `--json`.
    #[serde(default)]
    as_text: bool,
}

impl Request {
    /// Where the settings are looked up.
    pub fn resolver<'a, F: Files>(&'a self, files: &'a F) -> Resolver<'a, F> {
        Resolver::new(&self.settings.0, &self.env, files)
    }

    /// For operations that concern the organization.
    #[inline(never)]
    pub fn organization(&self, files: &impl Files) -> Result<Connection, SettingsError> {
        self.resolver(files).organization()
    }

    /// For operations that concern one deployment.
    #[inline(never)]
    pub fn deployment(
        &self,
        files: &impl Files,
    ) -> Result<(Connection, DeploymentName), SettingsError> {
        self.resolver(files).deployment()
    }
}

/// The promise of what `operation` makes of the request in `text`.
pub fn answer<I, O, F>(text: String, operation: F) -> Promise
where
    I: DeserializeOwned,
    O: Serialize + Text,
    F: AsyncFnOnce(Request, I) -> Result<O, ops::Error> + 'static,
{
    promise(Box::pin(async move {
        let (request, input) = read(&text).map_err(|error| refused(&malformed(&error)))?;
        let as_text = request.as_text;
        let output =
            operation(request, input).await.map_err(|error| refused(&Report::of(&error)))?;
        Ok(if as_text { output.printed() } else { to_json(&output) }.into())
    }))
}

/// Apart and of one type, so that what drives a future is compiled once and not for each operation.
fn promise(future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    future_to_promise(future)
}

/// A `T` inside another one, by [`of_fields`].
pub struct Fields<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Fields<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        of_fields(Map::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

fn read<I: DeserializeOwned>(text: &str) -> serde_json::Result<(Request, I)> {
    let mut request: Request = of_fields(serde_json::from_str(text)?)?;
    let input = of_fields(mem::take(&mut request.input))?;
    Ok((request, input))
}

#[inline(never)]
fn refused(report: &Report) -> JsValue {
    to_json(report).into()
}

/// Where in the text it is wrong says nothing to those who wrote an object.
fn malformed(error: &serde_json::Error) -> Report {
    let text = error.to_string();
    let code = Code::UsageInvalid;
    Report {
        code,
        message: text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned(),
        hint: Some("the types of the package list the options".to_owned()),
        detail: None,
        exit_code: code.exit_code(),
        status: code.status(),
    }
}
