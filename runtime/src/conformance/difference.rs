//! What of an observation is worth telling: that in which it differs from what is allowed.

use super::Shown;

/// Which parts of an observation are worth telling.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    pub(super) verdict: bool,
    pub(super) step: bool,
    pub(super) outputs: bool,
}

impl Parts {
    /// Everything.
    pub(super) const ALL: Self = Self { verdict: true, step: true, outputs: true };

    /// Those in which anything allowed differs from what was seen.
    pub(super) fn of(allowed: &[Shown], seen: &Shown) -> Self {
        let Shown::Observation(seen) = seen else { return Self::ALL };
        let mut parts = Self { verdict: false, step: false, outputs: false };
        for shown in allowed {
            let Shown::Observation(allowed) = shown else { return Self::ALL };
            parts.verdict |= allowed.verdict != seen.verdict;
            parts.step |= seen.step.is_some() && allowed.step != seen.step;
            parts.outputs |= allowed.outputs != seen.outputs;
        }
        if parts.verdict || parts.step || parts.outputs { parts } else { Self::ALL }
    }
}
