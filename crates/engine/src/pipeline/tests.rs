//! Stories and laws of the fold thread's work, over the store in memory: what it writes is what the domain says, wherever
//! batches end and crashes fall.

mod audit;
mod laws;
mod run;
mod said;
mod stories;
mod threads;
