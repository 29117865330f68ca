//! Custody through the public doors: who answers for a complaint, what may be done about it and by whom. A story is named
//! by the scenario that it makes impossible (`domain.md` 1).

mod access;
mod again;
mod customers;
mod day;
mod deferral;
mod hand_off;
mod hostile;
mod law;
mod office;
mod owner;
mod pair;
mod race;
mod reporting;
