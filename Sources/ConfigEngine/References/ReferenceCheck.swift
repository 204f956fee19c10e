import EngineKit
import Notation

/// Refuses references that cannot be followed, and those that whoever writes them could not follow.
struct ReferenceCheck {
    /// How many references a value may have.
    private static let greatestCount = 100

    private let scope: ConfigScope

    init(_ scope: ConfigScope) { self.scope = scope }

    /// Checks the references within a value.
    ///
    /// - Parameter field: what errors call the value.
    func check(_ value: JSON, field: String) throws(EngineError) {
        let references: [SecretReference]
        do throws(ReferenceError) {
            references = try SecretReference.all(in: value)
        } catch {
            throw .invalid("\(field): \(error.problem)")
        }
        guard references.count <= Self.greatestCount else {
            throw .invalid("\(field): must have at most \(Self.greatestCount) references")
        }
        let vault = scope.request.vault
        for reference in references {
            let type = vault.mount(serving: reference.path)?.type ?? ""
            // What refers to configuration could refer to itself.
            guard !type.utf8.elementsEqual(scope.request.mount.type.utf8) else {
                throw .invalid("\(field): a reference cannot name configuration, which could go round in circles")
            }
            guard vault.couldHoldSecret(reference.path) else {
                throw .invalid("\(field): $secret must be <mount>/data/<path>#<field> of a mount of secrets")
            }
            if let problem = try ReferenceResolution(scope.request, scope.transaction).problem(with: reference) {
                throw .invalid("\(field): the referenced secret \(problem)")
            }
        }
    }
}
