//! The program: see the library beside it.

fn main() {
    virt_reference_agent::run_as_program()
}
