import EngineKit
import Notation

extension Asking {
    /// Does something with a state of `flags/`, and tells what is wrong with its rules in the words of this door.
    func wording<Answer>(_ body: () throws(EngineError) -> Answer) throws(EngineError) -> Answer {
        do throws(EngineError) {
            return try body()
        } catch .invalid(let messages) {
            throw .invalid(messages.map { RuleWording.own($0) })
        }
    }
}

/// The places of fields in a state of `flags/`, as this door calls them.
package enum RuleWording {
    private static let words: [(engine: String, own: String)] = [
        ("rules[", "targetingRules["), ("off_variation:", "defaultVariationKey:"), ("fallthrough", "variations"),
    ]

    /// A message with the field it is about in this door's words.
    package static func own(_ message: String) -> String {
        guard let word = words.first(where: { message.hasBytePrefix($0.engine) }) else { return message }
        return word.own + String(decoding: message.utf8.dropFirst(word.engine.utf8.count), as: UTF8.self)
    }
}
