//! `context` and `deploy` inside the real runners of CI systems, with what the runners themselves set.
//!
//! `act` and gitlab-ci-local run jobs on a laptop and say so: nobody has pushed what they build, so that even the default
//! branch reaches a full deployment only by name.

mod act;
mod buildkite;
mod gitlab_ci_local;
mod project;
