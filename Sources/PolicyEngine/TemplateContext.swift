internal import Notation

/// What templates may know of a caller's identity.
package struct TemplateContext: Sendable {
    /// Names with values; names are compared by bytes.
    package typealias Attributes = [(name: String, value: String)]

    /// An alias of the entity in one auth mount.
    package struct Alias: Sendable {
        /// The accessor of the auth mount.
        package var mountAccessor: String
        /// The alias's identifier.
        package var id: String
        /// The name at the auth mount.
        package var name: String
        /// What the auth method noted at login.
        package var metadata: Attributes
        /// What an administrator noted.
        package var customMetadata: Attributes
        /// Whether the caller logged in through this alias.
        package var isOfThisLogin: Bool

        /// Describes an alias.
        package init(
            mountAccessor: String, id: String, name: String, metadata: Attributes = [],
            customMetadata: Attributes = [], isOfThisLogin: Bool = false
        ) {
            self.mountAccessor = mountAccessor
            self.id = id
            self.name = name
            self.metadata = metadata
            self.customMetadata = customMetadata
            self.isOfThisLogin = isOfThisLogin
        }
    }

    /// A group the entity is a member of.
    package struct Group: Sendable {
        /// The group's identifier.
        package var id: String
        /// The group's name.
        package var name: String
        /// What is noted about the group.
        package var metadata: Attributes

        /// Describes a group.
        package init(id: String, name: String, metadata: Attributes = []) {
            self.id = id
            self.name = name
            self.metadata = metadata
        }
    }

    /// The entity's identifier.
    package var entityID: String
    /// The entity's name.
    package var entityName: String
    /// What is noted about the entity.
    package var metadata: Attributes
    /// The entity's aliases.
    package var aliases: [Alias]
    /// The entity's groups, inherited ones included.
    package var groups: [Group]

    /// Describes a caller's identity.
    package init(
        entityID: String, entityName: String, metadata: Attributes = [], aliases: [Alias] = [], groups: [Group] = []
    ) {
        self.entityID = entityID
        self.entityName = entityName
        self.metadata = metadata
        self.aliases = aliases
        self.groups = groups
    }
}

extension TemplateContext {
    /// The value of an expression such as `identity.entity.metadata.team`; `nil` when it means nothing here.
    func value(of expression: [UInt8]) -> [UInt8]? {
        if let rest = Self.rest(of: expression, after: "identity.entity.") { return entityValue(rest) }
        if let rest = Self.rest(of: expression, after: "identity.groups.ids.") {
            return groupValue(rest, chosenBy: \.id, offering: ("name", \.name))
        }
        if let rest = Self.rest(of: expression, after: "identity.groups.names.") {
            return groupValue(rest, chosenBy: \.name, offering: ("id", \.id))
        }
        return nil
    }

    private func entityValue(_ field: [UInt8]) -> [UInt8]? {
        if field.bytesEqual(to: "id") { return Array(entityID.utf8) }
        if field.bytesEqual(to: "name") { return Array(entityName.utf8) }
        if let key = Self.rest(of: field, after: "metadata.") { return Self.value(key, in: metadata) }
        guard let rest = Self.rest(of: field, after: "aliases."), let (accessor, field) = Self.cut(rest),
            let alias = alias(of: accessor)
        else { return nil }
        if field.bytesEqual(to: "id") { return Array(alias.id.utf8) }
        if field.bytesEqual(to: "name") { return Array(alias.name.utf8) }
        if let key = Self.rest(of: field, after: "metadata.") { return Self.value(key, in: alias.metadata) }
        if let key = Self.rest(of: field, after: "custom_metadata.") {
            return Self.value(key, in: alias.customMetadata)
        }
        return nil
    }

    /// The alias of this login, else the only alias in the mount. Of several, none: which one would be a guess.
    private func alias(of accessor: [UInt8]) -> Alias? {
        let inMount = aliases.filter { accessor.bytesEqual(to: $0.mountAccessor) }
        return inMount.first(where: \.isOfThisLogin) ?? (inMount.count == 1 ? inMount.first : nil)
    }

    private func groupValue(
        _ rest: [UInt8], chosenBy key: KeyPath<Group, String>, offering field: (String, KeyPath<Group, String>)
    ) -> [UInt8]? {
        guard let (chosen, rest) = Self.cut(rest),
            let group = groups.first(where: { chosen.bytesEqual(to: $0[keyPath: key]) })
        else { return nil }
        if rest.bytesEqual(to: field.0) { return Array(group[keyPath: field.1].utf8) }
        guard let key = Self.rest(of: rest, after: "metadata.") else { return nil }
        return Self.value(key, in: group.metadata)
    }

    private static func rest(of text: [UInt8], after prefix: String) -> [UInt8]? {
        text.hasBytePrefix(prefix) ? Array(text.dropFirst(prefix.utf8.count)) : nil
    }

    /// The parts before and after the first dot.
    private static func cut(_ text: [UInt8]) -> ([UInt8], [UInt8])? {
        guard let dot = text.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        return (Array(text[..<dot]), Array(text[(dot + 1)...]))
    }

    private static func value(_ name: [UInt8], in attributes: Attributes) -> [UInt8]? {
        attributes.first { name.bytesEqual(to: $0.name) }.map { Array($0.value.utf8) }
    }
}
