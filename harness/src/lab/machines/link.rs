use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::debug_span;

use super::wire::{Answered, Asked, Request};
use crate::lab::error::LabError;
use crate::log;

/// How often the harness tells the relay that it is still there.
const PING: Duration = Duration::from_secs(5);

/// How long a relay may take for a request beside what the request itself may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(45);

/// How long ssh may take to end after its standard input was closed.
const ENDING: Duration = Duration::from_secs(10);

/// The way to a machine's relay. The machine's part of the lab lives as long as it.
#[derive(Debug)]
pub(super) struct Link {
    host: String,
    requests: Mutex<Option<ChildStdin>>,
    state: Arc<Mutex<State>>,
    ssh: Mutex<Child>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    waiting: HashMap<u64, SyncSender<Result<Value, String>>>,
    /// Why no answer comes any more.
    lost: Option<String>,
    /// Whether its machine's power is cut, or about to be.
    cut: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Link {
    /// Starts a relay by a call of ssh. Whether it comes up its first answer tells.
    ///
    /// # Errors
    /// When ssh cannot be executed.
    pub(super) fn open(host: &str, mut ssh: Command) -> Result<Arc<Self>, LabError> {
        let failed = |why: String| LabError::Machine {
            host: host.to_owned(),
            why,
        };
        let mut ssh = ssh
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| failed(format!("cannot run ssh: {error}")))?;
        let broken = || failed("ssh has no pipes".to_owned());
        let out = ssh.stdout.take().ok_or_else(broken)?;
        let err = ssh.stderr.take().ok_or_else(broken)?;
        // Taken in at once, for a full pipe would stop the relay.
        let machine = debug_span!("machine", host);
        let errors = thread::spawn(move || {
            let mut lines = Vec::new();
            machine.in_scope(|| log::take_in(err, |line| lines.push(line)));
            lines.join("\n")
        });
        let link = Arc::new(Self {
            host: host.to_owned(),
            requests: Mutex::new(ssh.stdin.take()),
            state: Arc::default(),
            ssh: Mutex::new(ssh),
        });
        let state = Arc::clone(&link.state);
        thread::spawn(move || {
            // What a login script says may be in any encoding.
            for line in BufReader::new(out).split(b'\n').map_while(Result::ok) {
                receive(&state, &String::from_utf8_lossy(&line));
            }
            lose(&state, errors.join().unwrap_or_default().trim());
        });
        let weak = Arc::downgrade(&link);
        thread::spawn(move || {
            loop {
                thread::sleep(PING);
                let Some(link) = weak.upgrade() else { return };
                // A link that is lost says so to whoever asks for something.
                let _ = link.ask::<Value>(&Request::Ping);
            }
        });
        Ok(link)
    }

    /// Asks for something that takes no longer than usual.
    ///
    /// # Errors
    /// When the relay refuses, or is lost.
    pub(super) fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, LabError> {
        self.ask_for(request, PATIENCE)
    }

    /// Asks for something, and waits for so long.
    ///
    /// # Errors
    /// When the relay refuses, or is lost.
    pub(super) fn ask_for<T: DeserializeOwned>(
        &self,
        request: &Request,
        patience: Duration,
    ) -> Result<T, LabError> {
        let (sender, receiver) = sync_channel(1);
        let number = self.send(request, sender)?;
        let answer = receiver.recv_timeout(patience).map_err(|error| {
            lock(&self.state).waiting.remove(&number);
            match error {
                RecvTimeoutError::Timeout => {
                    self.lost(&format!("no answer in {} s", patience.as_secs()))
                }
                RecvTimeoutError::Disconnected => self.lost("it ended"),
            }
        })?;
        let refused = |why: String| LabError::Machine {
            host: self.host.clone(),
            why,
        };
        let value = answer.map_err(|why| match &lock(&self.state).lost {
            Some(lost) => self.lost(lost),
            None => refused(why),
        })?;
        serde_json::from_value(value).map_err(|error| refused(format!("invalid reply: {error}")))
    }

    fn send(
        &self,
        request: &Request,
        sender: SyncSender<Result<Value, String>>,
    ) -> Result<u64, LabError> {
        let number = {
            let mut state = lock(&self.state);
            if let Some(why) = &state.lost {
                return Err(self.lost(why));
            }
            state.next += 1;
            let number = state.next;
            state.waiting.insert(number, sender);
            number
        };
        let mut requests = lock(&self.requests);
        let line = serde_json::to_string(&Asked { number, request });
        let line = line.map_err(|error| self.lost(&error.to_string()))?;
        let pipe = requests.as_mut().ok_or_else(|| self.lost("it was ended"))?;
        // One that no longer listens is told of by the thread that hears it end.
        let _ = writeln!(pipe, "{line}");
        Ok(number)
    }

    fn lost(&self, why: &str) -> LabError {
        LabError::Lost {
            host: self.host.clone(),
            why: why.to_owned(),
        }
    }

    /// Notes that the machine's power is about to be cut.
    pub(super) fn expect_cut(&self) {
        lock(&self.state).cut = true;
    }

    /// Gives the connection up: a machine without power may leave it open.
    pub(super) fn sever(&self) {
        lose(&self.state, "its power was cut");
        let _ = lock(&self.ssh).kill();
    }

    /// Whether an end of the connection is that of the machine's power.
    pub(super) fn is_cut(&self) -> bool {
        lock(&self.state).cut
    }

    /// Whether answers can still come.
    pub(super) fn is_alive(&self) -> bool {
        lock(&self.state).lost.is_none()
    }
}

fn receive(state: &Mutex<State>, line: &str) {
    // What is no answer was printed by a login script.
    let Ok(Answered { number, answer }) = serde_json::from_str(line) else {
        return;
    };
    if let Some(sender) = lock(state).waiting.remove(&number) {
        let _ = sender.try_send(answer);
    }
}

fn lose(state: &Mutex<State>, said: &str) {
    let why = match said.lines().last() {
        Some(last) => last.to_owned(),
        None => "it ended".to_owned(),
    };
    let mut state = lock(state);
    for (_, sender) in state.waiting.drain() {
        let _ = sender.try_send(Err(why.clone()));
    }
    state.lost = Some(why);
}

impl Drop for Link {
    fn drop(&mut self) {
        drop(lock(&self.requests).take());
        let mut ssh = lock(&self.ssh);
        let deadline = Instant::now() + ENDING;
        while Instant::now() < deadline && matches!(ssh.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(5));
        }
        let _ = ssh.kill();
        let _ = ssh.wait();
    }
}
