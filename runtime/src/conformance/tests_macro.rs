//! Suites as ordinary tests of a crate.

/// Writes a module of `#[test]`s for one flow, one for each requirement; the `conformance_suite!` that is generated with
/// the suites calls it.
///
/// A test is a name and a path: what it does stands in the suite, so that a compiler has little to do.
#[macro_export]
macro_rules! conformance_tests {
    ($flow:ident, $suite:expr, $make:expr; $($name:ident: $path:literal,)*) => {
        mod $flow {
            #[allow(unused_imports, reason = "the implementation may stand anywhere")]
            use super::*;

            fn subject() -> &'static $crate::conformance::Subject {
                static SUBJECT: ::std::sync::OnceLock<$crate::conformance::Subject> = ::std::sync::OnceLock::new();
                SUBJECT.get_or_init(|| {
                    $crate::conformance::Subject::new($suite, env!("CARGO_MANIFEST_DIR"), || ($make)())
                })
            }

            #[test]
            fn earlier_failures() -> $crate::conformance::Tested {
                $crate::conformance::tested(subject().earlier_failures(concat!(stringify!($flow), "::earlier_failures")))
            }
            $(
                #[test]
                fn $name() -> $crate::conformance::Tested {
                    let name = concat!(stringify!($flow), "::", stringify!($name));
                    $crate::conformance::tested(subject().requirement($path, name))
                }
            )*
            #[test]
            fn one_value_of_each_choice() -> $crate::conformance::Tested {
                $crate::conformance::tested(subject().choices())
            }

            #[test]
            fn random_walks() -> $crate::conformance::Tested {
                $crate::conformance::tested(subject().walks(concat!(stringify!($flow), "::random_walks")))
            }
        }
    };
}
