import Identity
import Testing

/// Names of policies: one spelling, no way around it.
@Suite struct PolicyNamesTests {
    @Test func namesAreTrimmedLoweredSortedAndUnique() {
        #expect(PolicyNames.canonical([" B ", "a", "A", "\tb\n", "", "  "]) == ["a", "b"])
        #expect(PolicyNames.canonical(["Super-Admin", "SUPER-ADMIN", "super-admin "]) == ["super-admin"])
        #expect(PolicyNames.canonical(["z"], addingDefault: true) == ["default", "z"])
        #expect(PolicyNames.canonical(["Default"], addingDefault: true) == ["default"])
        #expect(PolicyNames.canonical(["ROOT"], addingDefault: true) == ["root"])
        #expect(PolicyNames.canonical([]) == [])
    }

    /// The Kelvin sign lower-cases to `k` in Unicode; the names stay different.
    @Test func onlyASCIILettersAreLowered() {
        let names = PolicyNames.canonical(["bac\u{212A}up", "backup", "\u{C9}"])
        #expect(names.count == 3)
        #expect(PolicyNames.contains(names, "bac\u{212A}up") && PolicyNames.contains(names, "\u{C9}"))
    }

    @Test func namesAreComparedByBytes() {
        #expect("caf\u{E9}" == "cafe\u{301}")
        #expect(!PolicyNames.same("caf\u{E9}", "cafe\u{301}"))
        #expect(PolicyNames.canonical(["caf\u{E9}", "cafe\u{301}"]).count == 2)
        #expect(!PolicyNames.contains(["cafe\u{301}"], "caf\u{E9}"))
    }

    @Test(arguments: [
        "", "/", "root/", "/root", "../root", "ns1/../root", "ns1/./root", "%2e%2e/root", "a//b", ".", "..", "a/..",
        "a\u{0}b", "a\r\nb", "a\u{7F}", String(repeating: "x", count: 257),
    ])
    func namesThatCouldReachOthersAreInvalid(name: String) { #expect(!PolicyNames.isValid(name)) }

    @Test(arguments: ["a", "default", "team/a", "a b", "...", "a..b", "caf\u{E9}", String(repeating: "x", count: 256)])
    func ordinaryNamesAreValid(name: String) { #expect(PolicyNames.isValid(name)) }
}
