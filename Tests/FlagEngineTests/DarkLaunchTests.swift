import EngineKit
import FlagEngine
import Notation
import Testing

/// Flags that are evaluated in the dark.
@Suite struct DarkLaunchTests {
    private func set(dark: Bool) throws -> FlagSet {
        let definition = try FlagDefinition(json: ["type": "boolean"])
        let state = try FlagState(
            json: [
                "on": true, "dark_launch": .bool(dark),
                "fallthrough": ["percent": 50, "variation": "on"],
            ], definition: definition, salt: "salt")
        return FlagSet(
            environment: "dev", revision: 1,
            flags: [FlagSource(key: "f", definition: definition, definitionVersion: 1, state: state, stateVersion: 1)])
    }

    @Test func givesEveryoneTheOffVariationAndTellsWhatTheyWouldHaveGot() throws {
        let (dark, lit) = (try set(dark: true), try set(dark: false))
        var hidden: Set<String> = []
        for number in 0..<200 {
            let context = try EvaluationContext(["targetingKey": .string("user-\(number)")])
            let tried = dark.evaluate("f", context: context, now: .epoch)
            let served = lit.evaluate("f", context: context, now: .epoch)
            #expect(tried.variation == "off")
            #expect(tried.reason == .disabled)
            #expect(tried.hiddenVariation == served.variation)
            #expect(served.hiddenVariation == nil)
            if let variation = tried.hiddenVariation { hidden.insert(variation) }
        }
        #expect(hidden == ["on", "off"])
    }

    @Test func isWrittenOnlyWhereItHolds() throws {
        let (dark, lit) = (try set(dark: true), try set(dark: false))
        #expect(dark.flag("f")?.source.state?.json["dark_launch"]?.boolValue == true)
        #expect(lit.flag("f")?.source.state?.json["dark_launch"] == nil)
    }
}
