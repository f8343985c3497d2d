/// How a node's cable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cable {
    /// As at the lab's beginning.
    Whole,
    /// Pulled.
    Cut,
    /// What is sent to the node is lost, and what it sends arrives.
    Deaf,
    /// What is sent to the node comes with a megabit a second, and in a slow lab with as much less as that is slower: what
    /// takes long there leaves as little of a migration as elsewhere.
    Slow,
}

impl Cable {
    /// How the lab's first process is told of it; `pace` is how many times slower than usual the lab is.
    pub(super) fn words(self, pace: u32) -> String {
        match self {
            Self::Whole => "whole".to_owned(),
            Self::Cut => "cut".to_owned(),
            Self::Deaf => "deaf".to_owned(),
            Self::Slow => format!("slow {pace}"),
        }
    }
}
