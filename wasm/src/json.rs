//! Requests and answers as JSON text, errors as the JSON of their report.

use std::pin::Pin;

use js_sys::Promise;
use offshoot_core::{
    env::Env,
    error::{Code, Report},
    ops,
    plus::{Connection, DeploymentName},
    ports::Files,
    settings::{Resolver, Settings, SettingsError},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// What every operation takes, and the text of what one takes of its own.
#[derive(Deserialize)]
pub struct Request {
    /// What the options say.
    pub settings: Settings,
    /// The variables that stand behind the settings.
    pub env: Env,
    /// The absolute path that relative ones start from, with `/` between its parts.
    pub cwd: String,
    input: Box<RawValue>,
}

impl Request {
    /// Where the settings are looked up.
    pub fn resolver<'a, F: Files>(&'a self, files: &'a F) -> Resolver<'a, F> {
        Resolver::new(&self.settings, &self.env, files)
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
    O: Serialize,
    F: AsyncFnOnce(Request, I) -> Result<O, ops::Error> + 'static,
{
    promise(Box::pin(async move {
        let request: Request = parse(&text)?;
        let input = parse(request.input.get())?;
        let output =
            operation(request, input).await.map_err(|error| refused(&Report::of(&error)))?;
        Ok(pretty(&output).into())
    }))
}

/// Apart and of one type, so that what drives a future is compiled once and not for each operation.
fn promise(future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    future_to_promise(future)
}

#[inline(never)]
fn parse<T: DeserializeOwned>(text: &str) -> Result<T, JsValue> {
    serde_json::from_str(text).map_err(|error| refused(&malformed(&error)))
}

/// `value` as the command line prints it.
fn pretty<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[inline(never)]
fn refused(report: &Report) -> JsValue {
    pretty(report).into()
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
