//! The program as it is started and stopped by others: signals, exit codes, its log, and where its measures and traces go.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod collector;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod log;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod printing;
#[cfg(test)]
mod running;
#[cfg(test)]
mod signals;
#[cfg(test)]
mod subject;
#[cfg(test)]
mod traces;
