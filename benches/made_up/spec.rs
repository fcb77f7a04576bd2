//! Flows that are made up: as many steps as one wants, like those that people write.

use std::fmt::Write as _;

/// A flow of so many steps, each with an event of three fields, two branches, a counted limit now and then, and a
/// time-out.
pub(crate) fn spec(flow: usize, steps: usize) -> String {
    let mut text = format!(
        "language 1\n\ntype Code text \"Code\" zh \"校验码\" {{\n  length 6\n  matches digits\n}}\nreason wrong \"That is wrong\" zh \"错误\"\n\
         output slip \"Slip\" zh \"凭条\" {{\n  field code: Code \"Code\" zh \"校验码\"\n  field receipt: bool \"Receipt\" zh \"收据\"\n}}\n\n\
         /// A made-up procedure of {steps} steps.\nflow bench_{flow} \"Bench {flow}\" zh \"测试 {flow}\" {{\n  start -> step_0\n  \
         limit tries: 3 per session refuse wrong\n"
    );
    for step in 0..steps {
        let next = if step + 1 == steps { "done".to_owned() } else { format!("step_{}", step + 1) };
        let count = if step % 5 == 0 { " {\n        count tries\n      }" } else { "" };
        let _ = write!(
            text,
            "\n  step step_{step} \"Step {step}\" zh \"第 {step} 步\" {{\n    on send_{step} \"Send\" zh \"发送\" {{\n      \
             field code: Code \"Code\" zh \"校验码\"\n      field amount: money CNY \"Amount\" zh \"金额\"\n      \
             field receipt: bool = false \"Receipt\" zh \"收据\"\n      \
             when amount <= 100.00 CNY -> {next} {{\n        send slip(code = code, receipt = receipt)\n      }}\n      otherwise refuse wrong{count}\n    }}\n    after 10 min -> late\n  }}\n"
        );
    }
    text.push_str(
        "  end done success \"Done\" zh \"完成\"\n  end late failure \"Too late\" zh \"超时\"\n}\n",
    );
    text
}
