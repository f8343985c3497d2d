//! Tests of the suite itself: what they share. The tests are under `tests/`.

pub mod book;
pub mod calls;
pub mod faulty;
pub mod finished;
pub mod machines;
pub mod measured;
pub mod processes;
pub mod program;
pub mod reference;
pub mod refusal;
pub mod shown;
pub mod source;
pub mod trial;
pub mod valid;
