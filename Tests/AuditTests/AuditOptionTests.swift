import Audit
import Testing

/// What a device's options may say.
@Suite struct AuditOptionTests {
    private func entry(_ options: (name: String, value: String)...) -> AuditDeviceEntry {
        AuditDeviceEntry(path: "file/", type: "file", options: options, salt: "salt")
    }

    @Test(arguments: [("true", true), ("1", true), ("T", true), ("false", false), ("0", false), ("False", false)])
    func booleansHaveGoSpellings(text: String, value: Bool) throws {
        #expect(try entry(("log_raw", text)).flag("log_raw") == value)
        #expect(try entry().flag("log_raw") == nil)
        try entry(("log_raw", text), ("hmac_accessor", text), ("elide_list_responses", text)).checkOptions()
    }

    @Test(arguments: ["log_raw", "hmac_accessor", "elide_list_responses", "format"])
    func knownOptionsThatSayNothingAreRefused(name: String) {
        for value in ["", "yes", "CANARY", "tru\u{65}\u{301}", "jsonx"] {
            #expect {
                try entry((name, value)).checkOptions()
            } throws: {
                ($0 as? AuditError)?.reason.contains("CANARY") == false
            }
        }
    }

    @Test func otherOptionsStay() throws { try entry(("format", "json"), ("of_no_meaning", "x")).checkOptions() }
}
