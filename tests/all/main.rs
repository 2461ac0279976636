//! The tests across crates: our binary, judged by what others wrote.

#[cfg(test)]
mod conformance;
