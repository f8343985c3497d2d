//! What an agent's own text tells of it: guesses, by the words outside its comments.

use crate::engine::Engine;
use crate::plan::missed::checked_tools;

/// Tools that tell what runs an agent's guests, the surest first: an agent for libvirt may try Xen's tools as well. What
/// ends with a hyphen is the beginning of a name. `xm` was Xen's tool before `xl`, and had the same words.
const TELLING: [(&str, Engine); 7] = [
    ("virsh", Engine::Libvirt),
    ("qemu-system-", Engine::Qemu),
    ("qemu-kvm", Engine::Qemu),
    ("xl", Engine::Xl),
    ("xm", Engine::Xl),
    ("vzctl", Engine::Vzctl),
    ("lxc-start", Engine::Lxc),
];

/// An agent's text; empty of a program that is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a>(pub &'a str);

impl Text<'_> {
    /// What runs its guests, and the tool by which it tells that; none where it names none of them.
    pub(super) fn engine(self) -> Option<(Engine, &'static str)> {
        let mut telling = TELLING.into_iter();
        let (tool, engine) = telling.find(|(tool, _)| self.names(tool))?;
        Some((engine, tool.trim_end_matches('-')))
    }

    /// The tools that it checks for, and those of `known` and of its engine that it names. A tool of another engine is none
    /// that it needs.
    pub(super) fn tools(self, known: &[String]) -> Vec<String> {
        let telling = TELLING.into_iter().map(|(tool, _)| tool);
        let known = known.iter().map(String::as_str).chain(telling);
        let named = known.filter(|tool| !tool.ends_with('-') && self.names(tool));
        let mut tools = checked_tools(self.0);
        tools.extend(named.map(str::to_owned));
        let engine = self.engine().map(|(engine, _)| engine);
        tools.retain(|tool| {
            let mut telling = TELLING.into_iter();
            let of = telling.find(|(telling, _)| telling == tool);
            of.is_none_or(|(_, of)| Some(of) == engine)
        });
        tools
    }

    fn names(self, tool: &str) -> bool {
        let part_of_word = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
        let is_it = |word: &str| word == tool || tool.ends_with('-') && word.starts_with(tool);
        let lines = self.0.lines();
        let mut code = lines.filter(|line| !line.trim_start().starts_with('#'));
        code.any(|line| line.split(|letter| !part_of_word(letter)).any(is_it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_that_of_the_surest_tool_outside_comments() {
        let engine = |text: &str| Text(text).engine();
        let qemu = Some((Engine::Qemu, "qemu-system"));
        assert_eq!(engine("#!/bin/sh\nqemu-system-x86_64 -m 8\n"), qemu);
        let libvirt = Some((Engine::Libvirt, "virsh"));
        assert_eq!(
            engine("# as qemu-system-i386\nxl list\nvirsh list\n"),
            libvirt
        );
        assert_eq!(engine("exec /usr/sbin/xm list\n"), Some((Engine::Xl, "xm")));
        assert_eq!(engine("exec $binfile # virshell\n"), None);
    }

    #[test]
    fn tools_are_those_that_it_checks_for_and_known_ones_but_none_of_another_engine() {
        let known = ["csync2", "virsh", "xl"].map(str::to_owned);
        let tools = |text: &str| {
            let mut tools = Text(text).tools(&known);
            tools.sort();
            tools.dedup();
            tools
        };
        let both = "check_binary prlctl\nhave_binary xl && xl list\nvirsh list\n";
        assert_eq!(tools(both), ["prlctl", "virsh"]);
        assert_eq!(tools("xm list\ncsync2\n"), ["csync2", "xm"]);
        assert_eq!(tools("qemu-system-x86_64\n"), Vec::<String>::new());
    }
}
