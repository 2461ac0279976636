//! Progress as server-sent events.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc};

use axum::response::{
    IntoResponse, Response, Sse,
    sse::{Event as SentEvent, KeepAlive},
};
use futures_util::{FutureExt, stream};
use offshoot_core::{
    ops::{self, Event},
    ports::Events,
};
use serde::Serialize;
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    problem::Problem,
    sidecar::{Sidecar, Slot},
};

/// How many events may wait for a client that reads slowly. It loses those beyond, but never the result.
const WAITING: usize = 256;

/// The listener of an operation whose progress is sent.
pub struct Sender(mpsc::Sender<SentEvent>);

impl Events for Sender {
    fn emit(&self, event: Event) {
        let data = serde_json::to_value(&event).unwrap_or_default();
        let name = data.get("event").and_then(Value::as_str).unwrap_or("progress").to_owned();
        let _slow_or_gone = self.0.try_send(sent(&name, &data));
    }
}

/// An event for each event of an operation, then `result` or `error`. The operation ends with its client.
pub fn progress<T, F>(
    sidecar: Arc<Sidecar>,
    slot: Arc<Slot>,
    operation: impl FnOnce(Sender) -> F,
) -> Response
where
    T: Serialize,
    F: Future<Output = Result<T, ops::Error>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(WAITING);
    let operation = operation(Sender(sender.clone())).map(|ended| ended.map_err(Problem::from));
    let operation = AssertUnwindSafe(operation).catch_unwind();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let ended = tokio::select! {
            ended = operation => ended.unwrap_or_else(|_| Err(Problem::internal())),
            () = sidecar.work_is_cut() => Err(Problem::stopping()),
        };
        let _gone = sender.send(last(ended)).await;
        drop(slot);
    });
    let events = stream::unfold((receiver, task), |(mut receiver, task)| async move {
        let event = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), (receiver, task)))
    });
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

fn last<T: Serialize>(ended: Result<T, Problem>) -> SentEvent {
    match ended {
        Ok(result) => sent("result", &result),
        Err(problem) => sent("error", &problem.document()),
    }
}

fn sent<T: Serialize>(name: &str, data: &T) -> SentEvent {
    SentEvent::default().event(name).data(serde_json::to_string(data).unwrap_or_default())
}
