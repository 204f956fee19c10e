/// Password hashes of the reference implementation.
enum PasswordVectors {
    /// Source: `test.c` of the Argon2 reference implementation (P-H-C/phc-winner-argon2), Argon2id version 0x13,
    /// password "password", salt "somesalt".
    static let all = [
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    ]
}
