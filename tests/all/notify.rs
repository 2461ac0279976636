//! `notify`, with hosting services that hold comments and record what arrives.

mod elsewhere;
mod faults;
mod forge;
mod stories;
