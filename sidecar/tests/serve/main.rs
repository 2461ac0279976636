//! `offshoot serve` as its users see it: the real binary, talked to with curl, in front of a sandbox.

#[cfg(test)]
mod background;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod build;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod security;
#[cfg(test)]
mod support;
#[cfg(test)]
mod waiting;
