internal import ArgumentParser

extension NameSpecification {
    /// A long name that may be written with one dash, as Vault's tool does, or with two.
    ///
    /// - Parameter name: the name without dashes.
    /// - Returns: both spellings.
    static func flag(_ name: String) -> NameSpecification {
        [.customLong(name, withSingleDash: true), .customLong(name)]
    }

    /// A long name as in ``flag(_:)`` and a second name of one letter or more.
    ///
    /// - Parameters:
    ///   - name: the name without dashes.
    ///   - alias: a second name without dashes.
    /// - Returns: all spellings.
    static func flag(_ name: String, alias: String) -> NameSpecification {
        if let letter = alias.first, alias.utf8.count == 1 {
            return [.customShort(letter), .customLong(name, withSingleDash: true), .customLong(name)]
        }
        return [
            .customLong(name, withSingleDash: true), .customLong(name),
            .customLong(alias, withSingleDash: true), .customLong(alias),
        ]
    }
}
