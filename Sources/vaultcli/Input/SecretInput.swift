/// One secret value asked for by a command: a key share, a token, a password.
enum SecretInput {
    /// Gets the value from where the user put it.
    ///
    /// - Parameters:
    ///   - argument: the word given: `-` reads standard input, `@file` a file, `nil` asks; anything else is the value.
    ///   - prompt: what is asked.
    ///   - session: the console, and whether anybody may be asked.
    /// - Returns: the value without surrounding white space.
    /// - Throws: ``Failure`` with status 1 when there is no value.
    static func value(_ argument: String?, prompt: String, _ session: Session) throws(Failure) -> String {
        let text = VaultPath.withoutSpace(try rawValue(argument, prompt, session))
        guard !text.isEmpty else { throw .usage("No value was given") }
        return text
    }

    private static func rawValue(_ argument: String?, _ prompt: String, _ session: Session) throws(Failure) -> String {
        guard let argument else {
            guard !session.settings.isNonInteractive else {
                throw .usage("A value is needed: give it as an argument, @file, or - for standard input")
            }
            return try session.surroundings.console.readHidden(prompt)
        }
        if argument.utf8.elementsEqual("-".utf8) {
            return try LocalFile.text(try session.surroundings.console.readInput(), named: "standard input")
        }
        if argument.utf8.first == UInt8(ascii: "@") {
            return try LocalFile.text(of: String(decoding: argument.utf8.dropFirst(), as: UTF8.self))
        }
        return argument
    }
}
