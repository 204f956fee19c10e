internal import Glibc

/// The process: one invocation and its exit status.
@main
enum Main {
    static func main() async {
        let invocation = Invocation(surroundings: .live)
        exit(await invocation.run(Array(CommandLine.arguments.dropFirst())))
    }
}
