//! The tests across crates: our binary, judged by what others wrote.

#[cfg(test)]
mod binary;
#[cfg(test)]
mod case;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod deploy;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod guides;
#[cfg(test)]
mod notify;
#[cfg(test)]
mod prune;
#[cfg(test)]
mod runners;
#[cfg(test)]
mod sandbox;
