//! Many commands at a time, for those that mostly wait.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// How many run at a time. What is run here sleeps between its retries, so that this is more than the cores.
const WORKERS: usize = 16;

/// What `work` says of each item, in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((index, item)) = take(items, &next) {
                    let result = work(item);
                    results
                        .lock()
                        .expect("no worker panics while it holds this")
                        .push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no worker panics while it holds this");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, items.get(index)?))
}
