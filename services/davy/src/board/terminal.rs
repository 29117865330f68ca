//! The terminal as a whole screen: taken over, drawn on, and given back in every case.
//!
//! Keys are read by a thread, as a terminal cannot be read otherwise; it ends soon after the board does.

use std::{
    io::{self, Write as _},
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crossterm::{
    event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    terminal::{disable_raw_mode, enable_raw_mode},
};
use tokio::sync::mpsc;

use super::view::Line;
use crate::output::{Out, paint};

/// The other screen, without a cursor, and without the breaking of lines.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";
/// To the first place; to the end of the line.
const HOME: &str = "\x1b[H";
const CLEAR_LINE: &str = "\x1b[K";
/// How often the thread looks whether the board has ended.
const POLL: Duration = Duration::from_millis(200);
/// Keys that wait to be looked at; what is typed faster is lost.
const KEYS: usize = 64;
/// What Page keys scroll.
const PAGE: usize = 10;

/// A terminal that was taken over. Gives it back when dropped, and before a panic of its thread is reported.
pub(super) struct Terminal {
    taken: Arc<AtomicBool>,
}

impl Terminal {
    pub(super) fn open(out: &mut Out) -> io::Result<Self> {
        enable_raw_mode()?;
        let terminal = Self { taken: Arc::new(AtomicBool::new(true)) };
        out.part(ENTER)?;
        out.flush()?;
        terminal.before_panics();
        Ok(terminal)
    }

    /// Else the report would stand on a screen that is thrown away. Other threads' panics end no board, and stdout is
    /// locked by this one.
    fn before_panics(&self) {
        let (taken, board) = (Arc::clone(&self.taken), thread::current().id());
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == board {
                give_back(&taken);
            }
            report(info);
        }));
    }

    /// Columns and lines.
    pub(super) fn size() -> (usize, usize) {
        terminal_size::terminal_size()
            .map_or((80, 24), |(width, height)| (usize::from(width.0), usize::from(height.0)))
    }

    /// Draws everything over, all at once, so that nothing flickers.
    pub(super) fn draw(&self, lines: &[Line], out: &mut Out) -> io::Result<()> {
        out.part(HOME)?;
        for (place, line) in lines.iter().enumerate() {
            let end = if place == 0 { "" } else { "\r\n" };
            // Cleared before: behind a line that is as wide as the screen, its last letter would go.
            out.part(&format!("{end}{CLEAR_LINE}{}", paint(&line.text, line.look, out.color)))?;
        }
        out.flush()
    }

    /// Gives it back, and says if that fails.
    pub(super) fn close(&mut self, out: &mut Out) -> io::Result<()> {
        if self.taken.swap(false, Ordering::SeqCst) {
            out.part(LEAVE)?;
            out.flush()?;
            disable_raw_mode()?;
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back(&self.taken);
    }
}

/// Once. Nobody is left to be told that it failed.
fn give_back(taken: &AtomicBool) {
    if taken.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout().lock();
        out.write_all(LEAVE.as_bytes()).and_then(|()| out.flush()).ok();
        disable_raw_mode().ok();
    }
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Quit,
    Severity,
    Age,
    Department,
    Up(usize),
    Down(usize),
    /// The terminal has another size.
    Resized,
}

/// The keys as they are pressed.
pub(super) struct Keys {
    keys: mpsc::Receiver<Key>,
}

impl Keys {
    /// Reads until dropped.
    pub(super) fn listen() -> Self {
        let (pressed, keys) = mpsc::channel(KEYS);
        thread::spawn(move || {
            while !pressed.is_closed() {
                match event::poll(POLL) {
                    Ok(false) => {}
                    Ok(true) => match event::read() {
                        Ok(event) => key(&event).into_iter().for_each(|key| {
                            pressed.try_send(key).ok();
                        }),
                        Err(_) => return,
                    },
                    // No keys then; signals still end the board.
                    Err(_) => return,
                }
            }
        });
        Self { keys }
    }

    pub(super) async fn next(&mut self) -> Key {
        match self.keys.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

fn key(event: &Event) -> Option<Key> {
    match event {
        Event::Resize(..) => Some(Key::Resized),
        Event::Key(KeyEvent { code, modifiers, kind, .. }) if *kind != KeyEventKind::Release => {
            let control = modifiers.contains(KeyModifiers::CONTROL);
            pressed(*code, control)
        }
        Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

fn pressed(code: KeyCode, control: bool) -> Option<Key> {
    // With Control, only Ctrl-C: `q` may well be something else there.
    if control {
        return (code == KeyCode::Char('c')).then_some(Key::Quit);
    }
    [
        (KeyCode::Char('q'), Key::Quit),
        (KeyCode::Esc, Key::Quit),
        (KeyCode::Char('s'), Key::Severity),
        (KeyCode::Char('a'), Key::Age),
        (KeyCode::Char('d'), Key::Department),
        (KeyCode::Up, Key::Up(1)),
        (KeyCode::Down, Key::Down(1)),
        (KeyCode::PageUp, Key::Up(PAGE)),
        (KeyCode::PageDown, Key::Down(PAGE)),
        (KeyCode::Home, Key::Up(usize::MAX)),
    ]
    .into_iter()
    .find_map(|(known, key)| (known == code).then_some(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_is_left_by_q_by_escape_and_by_control_c_alone() {
        let quits = [(KeyCode::Char('q'), false), (KeyCode::Esc, false), (KeyCode::Char('c'), true)];
        for (code, control) in quits {
            assert_eq!(pressed(code, control), Some(Key::Quit), "{code:?}");
        }
        for (code, control) in
            [(KeyCode::Char('c'), false), (KeyCode::Char('q'), true), (KeyCode::Enter, false)]
        {
            assert_eq!(pressed(code, control), None, "{code:?}");
        }
    }
}
