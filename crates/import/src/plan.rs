//! What each row says: the fixed table that gives events for the differences between a row and the row before it
//! of the same record, and the rules of the mapping. Absent: what the events look like.

mod facts;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

pub(crate) use facts::Facts;

use crate::{
    error::Error,
    mapping::{
        Condition, CustomerRule, Given, Mapping, Phase, PhaseWord, RowOrder, SlotId, Words,
        department_problem,
    },
    rows::{Cell, Row, Rows},
};

/// Events of one row: `sequence` has room for no more (`contract.md` 7).
pub(crate) const MAX_EVENTS: usize = 15;

/// One row's events, decided but not yet written out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) time: Timestamp,
    pub(crate) row: u32,
    pub(crate) key: u32,
    /// From 1, among the rows of its record that were not dropped.
    pub(crate) ordinal: u32,
    pub(crate) facts: Facts,
    /// Bit n: the n-th rule of the mapping holds.
    pub(crate) rules: u64,
    pub(crate) department: Cell,
    pub(crate) team: Cell,
    pub(crate) person: Cell,
    /// Its place in [`Planned::customers`]; absent while no row has named one.
    pub(crate) customer: Option<u32>,
}

/// A customer as the rows name it, and its token in subjects.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) system: Cell,
    pub(crate) id: Cell,
    pub(crate) token: String,
}

/// What came of all rows.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    /// By time, record, ordinal.
    pub(crate) plans: Vec<Plan>,
    pub(crate) customers: Vec<Customer>,
    /// Rows whose cells cannot be placed, and why.
    pub(crate) rejected: Vec<(u32, String)>,
    pub(crate) dropped_identical: u64,
    pub(crate) dropped_late: u64,
}

/// Decides the events of all rows.
pub(crate) fn plan(mapping: &Mapping, rows: &mut Rows, files: &[String]) -> Result<Planned, Error> {
    let by_key = rows.by_key();
    let mut planner = Planner { mapping, rows, files, known: HashMap::new(), done: Planned::default() };
    let mut rest = by_key.as_slice();
    while let Some(key) = rest.first().map(|row| planner.key_of(*row)) {
        let (of_key, others) =
            rest.split_at(rest.iter().take_while(|row| planner.key_of(**row) == key).count());
        planner.record(of_key.to_vec())?;
        rest = others;
    }
    let Planner { rows, mut done, .. } = planner;
    let ranks = ranks(rows);
    let rank = |key: u32| usize::try_from(key).ok().and_then(|key| ranks.get(key)).copied();
    done.plans.sort_unstable_by_key(|plan| (plan.time, rank(plan.key), plan.ordinal));
    Ok(done)
}

/// The place of each key in the order of their ids' bytes.
fn ranks(rows: &Rows) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..rows.keys.len()).collect();
    let text =
        |place: usize| rows.keys.get(place).map(|key| (rows.texts.get(key.id), rows.texts.get(key.system)));
    sorted.sort_unstable_by_key(|place| text(*place));
    let mut ranks = vec![0; sorted.len()];
    for (rank, place) in sorted.into_iter().enumerate() {
        if let Some(slot) = ranks.get_mut(place) {
            *slot = rank;
        }
    }
    ranks
}

struct Planner<'a> {
    mapping: &'a Mapping,
    rows: &'a mut Rows,
    files: &'a [String],
    known: HashMap<(Cell, Cell), u32>,
    done: Planned,
}

/// How a record stands after a row.
struct State {
    /// No row of it has been kept yet.
    fresh: bool,
    /// What each slot holds, where "as before" has been replaced by what that is.
    cells: Vec<Cell>,
    department: Option<Cell>,
    team: Cell,
    person: Cell,
    severity: Cell,
    phase: Phase,
    acknowledged: bool,
    customer: Option<u32>,
}

impl Planner<'_> {
    /// Drops, orders and numbers the rows of one record, then walks them.
    fn record(&mut self, mut of_key: Vec<u32>) -> Result<(), Error> {
        if self.mapping.drop_identical {
            self.drop_identical(&mut of_key);
        }
        if self.mapping.order == RowOrder::Time {
            of_key.sort_by_key(|row| self.row(*row).map(|row| row.time));
        }
        if self.mapping.drop_later_than_next {
            self.drop_later_than_next(&mut of_key);
        }
        let first = self.mapping.phase.as_ref().map_or(Phase::New, |rule| rule.first);
        let mut state = State {
            fresh: true,
            cells: vec![Cell::MISSING; self.mapping.slots.slots.len()],
            department: None,
            team: Cell::MISSING,
            person: Cell::MISSING,
            severity: Cell::MISSING,
            phase: first,
            acknowledged: false,
            customer: None,
        };
        for (ordinal, row) in (1..).zip(of_key) {
            let Some(found) = self.row(row).copied().filter(|found| !found.rejected) else { continue };
            match self.step(&mut state, row, &found) {
                Ok(plan) => self.keep(Plan { ordinal, ..plan }, &found)?,
                Err(reason) => self.done.rejected.push((row, reason)),
            }
        }
        Ok(())
    }

    fn drop_identical(&mut self, of_key: &mut Vec<u32>) {
        let (mut seen, before) = (HashSet::new(), of_key.len());
        of_key.retain(|row| self.row(*row).is_some_and(|row| seen.insert(row.hash)));
        self.done.dropped_identical += count(before - of_key.len());
    }

    /// Each row is compared with the one after it as they stand before any is dropped.
    fn drop_later_than_next(&mut self, of_key: &mut Vec<u32>) {
        let times: Vec<_> =
            of_key.iter().map(|row| self.row(*row).filter(|row| !row.rejected).map(|row| row.time)).collect();
        let next_time = |place: usize| times.iter().skip(place + 1).find_map(|time| *time);
        let late: HashSet<u32> = (0..times.len())
            .filter(|place| {
                times
                    .get(*place)
                    .copied()
                    .flatten()
                    .zip(next_time(*place))
                    .is_some_and(|(time, next)| time > next)
            })
            .filter_map(|place| of_key.get(place).copied())
            .collect();
        of_key.retain(|row| !late.contains(row));
        self.done.dropped_late += count(late.len());
    }

    fn key_of(&self, row: u32) -> Option<u32> {
        self.row(row).map(|row| row.key)
    }

    fn row(&self, row: u32) -> Option<&Row> {
        self.rows.row(row)
    }

    /// The fixed table and the rules, for one row. The state is left as it was where the row is rejected.
    fn step(&mut self, state: &mut State, row: u32, found: &Row) -> Result<Plan, String> {
        let mapping = self.mapping;
        let first = state.fresh;
        let cells: Vec<Cell> = (0..)
            .zip(&state.cells)
            .map(|(slot, before)| or_before(self.rows.cell(row, slot), *before))
            .collect();
        let department = self.department(&cells)?;
        let phase = self.phase(state.phase, &cells)?;
        let customer = match state.customer {
            Some(known) => Some(known),
            None => self.customer(&cells, found)?,
        };
        let team = mapping.team.as_ref().map_or(Cell::MISSING, |words| self.word(words, &cells));
        let person = mapping.person.as_ref().map_or(Cell::MISSING, |rule| self.word(&rule.words, &cells));
        let severity = mapping.severity.as_ref().map_or(Cell::MISSING, |rule| cell(&cells, rule.slot));
        let mut facts = Facts::REPORTED.given(first)
            | self.ownership(state, department, team, person)
            | Facts::SEVERITY_CHANGED.given(!first && severity != state.severity)
            | Facts::REOPENED.given(!first && !is_open(state.phase) && is_open(phase))
            | Facts::ACKNOWLEDGED.given(self.acknowledges(state, phase, &cells))
            | Facts::RESOLVED.given(phase == Phase::Resolved && (first || state.phase != phase))
            | Facts::CLOSED.given(phase == Phase::Closed && (first || state.phase != phase));
        let rules = self.rules(&state.cells, &cells);
        if facts.is_empty() && rules == 0 {
            facts = Facts::NOTED;
        }
        let acknowledged = state.acknowledged || facts.has(Facts::ACKNOWLEDGED);
        *state = State {
            fresh: false,
            cells,
            department: Some(department),
            team,
            person,
            severity,
            phase,
            acknowledged,
            customer,
        };
        Ok(Plan {
            time: found.time,
            row,
            key: found.key,
            ordinal: 0,
            facts,
            rules,
            department,
            team,
            person,
            customer,
        })
    }

    fn ownership(&self, state: &State, department: Cell, team: Cell, person: Cell) -> Facts {
        let tracked = self.mapping.team.is_some()
            || self.mapping.person.is_some()
            || matches!(self.mapping.department, Given::Column(_));
        let moved = state.department != Some(department);
        let changed = moved || team != state.team || person != state.person;
        let cleared =
            !moved && team == Cell::MISSING && state.team != Cell::MISSING && person != Cell::MISSING;
        (Facts::ASSIGNED.given(changed) | Facts::CLEARED.given(cleared)).given(tracked)
    }

    fn acknowledges(&self, state: &State, phase: Phase, cells: &[Cell]) -> bool {
        let actor = self.mapping.actor.as_ref();
        let by_bot = actor.is_some_and(|rule| {
            self.text(cells, rule.person.slot).is_some_and(|who| rule.bots.get(who).is_some())
        });
        let tracked = self.mapping.phase.as_ref().is_some_and(|rule| rule.acknowledges);
        tracked && !state.acknowledged && phase != Phase::New && !by_bot
    }

    /// Bit n: the n-th rule holds.
    fn rules(&self, before: &[Cell], now: &[Cell]) -> u64 {
        let holds = |condition: &Condition| {
            condition.holds(self.text(before, condition.slot), self.text(now, condition.slot))
        };
        let holding =
            self.mapping.rules.iter().enumerate().filter(|(_, rule)| rule.conditions.iter().all(holds));
        holding.fold(0, |bits, (place, _)| bits | 1 << place)
    }

    fn department(&mut self, cells: &[Cell]) -> Result<Cell, String> {
        let words = match &self.mapping.department {
            Given::Constant(constant) => return self.rows.texts.keep(constant).ok_or_else(too_many_texts),
            Given::Column(words) => words,
        };
        let cell = self.word(words, cells);
        let Some(text) = self.rows.texts.get(cell) else {
            return Err("names no department, and no row of its record before it does".to_owned());
        };
        match department_problem(text) {
            Some(problem) => {
                Err(format!("department {problem}; a table `department.values` can give other words"))
            }
            None => Ok(cell),
        }
    }

    fn phase(&self, before: Phase, cells: &[Cell]) -> Result<Phase, String> {
        let Some(rule) = &self.mapping.phase else { return Ok(before) };
        let Some(text) = self.text(cells, rule.slot) else { return Ok(before) };
        match rule.values.get(text) {
            Some(PhaseWord::Is(phase)) => Ok(*phase),
            Some(PhaseWord::SameAsBefore) => Ok(before),
            None => Err(format!(
                "status `{text}` is not in `phase.values`; say what it means, or what every other status means with \"*\""
            )),
        }
    }

    /// The customer that a row names, if it does.
    fn customer(&mut self, cells: &[Cell], found: &Row) -> Result<Option<u32>, String> {
        let Some(CustomerRule { system, id }) = &self.mapping.customer else { return Ok(None) };
        let id = match id {
            Given::Constant(id) => self.rows.texts.keep(id).ok_or_else(too_many_texts)?,
            Given::Column(words) => self.word(words, cells),
        };
        let of_key = usize::try_from(found.key)
            .ok()
            .and_then(|key| self.rows.keys.get(key))
            .map_or(Cell::MISSING, |key| key.system);
        let system = system
            .as_ref()
            .map_or(Some(of_key), |system| self.rows.texts.keep(system))
            .ok_or_else(too_many_texts)?;
        if let Some(known) = self.known.get(&(system, id)) {
            return Ok(Some(*known));
        }
        let Some((system_text, id_text)) = self.rows.texts.get(system).zip(self.rows.texts.get(id)) else {
            return Ok(None);
        };
        let token = crate::event::customer_token(system_text, id_text)?;
        let place = u32::try_from(self.done.customers.len()).map_err(|_too_many| too_many_texts())?;
        self.done.customers.push(Customer { system, id, token });
        self.known.insert((system, id), place);
        Ok(Some(place))
    }

    /// What a cell means: its word in the table, or itself.
    fn word(&mut self, words: &Words, cells: &[Cell]) -> Cell {
        let other = self.text(cells, words.slot).and_then(|text| words.values.get(text)).cloned();
        other.and_then(|other| self.rows.texts.keep(&other)).unwrap_or_else(|| cell(cells, words.slot))
    }

    fn text(&self, cells: &[Cell], slot: SlotId) -> Option<&str> {
        self.rows.texts.get(cell(cells, slot))
    }

    fn keep(&mut self, plan: Plan, row: &Row) -> Result<(), Error> {
        let events = usize::try_from(plan.facts.count() + plan.rules.count_ones()).unwrap_or(usize::MAX);
        if events > MAX_EVENTS {
            let file = usize::try_from(row.file)
                .ok()
                .and_then(|file| self.files.get(file))
                .cloned()
                .unwrap_or_default();
            return Err(Error::TooManyEvents { file, line: row.line.into(), events });
        }
        self.done.plans.push(plan);
        Ok(())
    }
}

fn cell(cells: &[Cell], slot: SlotId) -> Cell {
    cells.get(slot.0).copied().unwrap_or(Cell::MISSING)
}

fn or_before(cell: Cell, before: Cell) -> Cell {
    if cell == Cell::SAME_AS_BEFORE { before } else { cell }
}

const fn is_open(phase: Phase) -> bool {
    match phase {
        Phase::New | Phase::Working => true,
        Phase::Resolved | Phase::Closed => false,
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn too_many_texts() -> String {
    "has more distinct texts than an import can hold; import the export in parts".to_owned()
}
