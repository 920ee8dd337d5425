package io.dso.cli;

import io.dso.cli.agent.AgentCommands;
import io.dso.cli.output.Format;
import io.dso.cli.output.Json;
import io.dso.cli.output.Screen;
import io.dso.cli.provider.ProviderCommand;
import io.dso.cli.secret.SecretCommand;
import io.dso.provider.local.vault.VaultException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command itself: what all its subcommands share, and how what goes wrong is told. */
@Command(
        name = "dso",
        description = "Secrets for containers, in memory only.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        footer = {"", "Exit codes: dso help exit-codes"})
public final class Dso {
    private final Surroundings surroundings;

    @Option(
            names = "--output",
            paramLabel = "FORM",
            scope = ScopeType.INHERIT,
            description = "table or json. Default: table on a terminal, else lines with tabs.")
    private @Nullable Output output;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            scope = ScopeType.INHERIT,
            description = "The agent's. Default: $DSO_SOCKET, else $DSO_RUN_DIR/dso.sock, else /run/dso/dso.sock")
    private @Nullable Path socket;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this.")
    private boolean help;

    /** What can be asked for. */
    enum Output {
        table,
        json
    }

    public Dso(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    /** Where results go, in the form that was asked for. */
    public Screen screen() {
        var otherwise = surroundings.terminal().shown() ? Format.TABLE : Format.TABS;
        var format = output == null ? otherwise : output == Output.json ? Format.JSON : Format.TABLE;
        return new Screen(format, surroundings.out(), surroundings.clock());
    }

    /** Where the agent listens. */
    public Path socket() {
        if (socket != null) {
            return socket;
        }
        var directory = surroundings.path("DSO_RUN_DIR", "/run/dso");
        return surroundings.path("DSO_SOCKET", directory.resolve("dso.sock").toString());
    }

    /**
     * @param arguments of the process; as a plugin of the {@code docker} command the first is {@code dso}
     * @return the exit code
     */
    public int run(String... arguments) {
        var own = arguments.length > 0 && arguments[0].equals("dso")
                ? Arrays.copyOfRange(arguments, 1, arguments.length)
                : arguments;
        if (own.length > 0 && own[0].equals("docker-cli-plugin-metadata")) {
            screen().text(pluginMetadata());
            return Exit.OK;
        }
        return commandLine(own.length > 0 ? own[0] : "").execute(own);
    }

    private static String pluginMetadata() {
        Json metadata = out -> out.beginObject()
                .name("SchemaVersion")
                .value("0.1.0")
                .name("Vendor")
                .value("DSO")
                .name("Version")
                .value(BuildVersion.text())
                .name("ShortDescription")
                .value("Secrets for containers, in memory only")
                .endObject();
        return metadata.line();
    }

    /** @param word the first of the command line: when it names a command, that is the only one there has to be */
    private CommandLine commandLine(String word) {
        var commands = new CommandLine(this);
        var all = branches();
        var meant = all.stream().filter(branch -> branch.name().equals(word)).toList();
        (meant.isEmpty() ? all : meant)
                .forEach(branch ->
                        commands.addSubcommand(branch.name(), branch.maker().get()));
        if (meant.isEmpty()) {
            commands.addSubcommand(new CommandLine(new Completion(this)))
                    .addSubcommand(new CommandLine(new HelpCommand(this)));
        }
        commands.registerConverter(Duration.class, Durations::parse);
        return commands.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(false)
                .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(surroundings.err(), true))
                .setParameterExceptionHandler(this::misused)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e))
                .setUsageHelpWidth(100)
                .setExpandAtFiles(false);
    }

    private List<Branch> branches() {
        return Stream.concat(
                        AgentCommands.all(this).stream(),
                        Stream.of(SecretCommand.branch(this), ProviderCommand.branch(this)))
                .toList();
    }

    private int misused(ParameterException e, String[] arguments) {
        var command = e.getCommandLine().getCommandSpec().qualifiedName();
        if (e instanceof UnmatchedArgumentException unmatched) {
            return tell(unmatched(unmatched, command));
        }
        if (e.getCause() instanceof Failure failure) {
            return tell(failure); // of an option that knows better what it takes
        }
        return tell(new Failure(Exit.USAGE, lower(String.valueOf(e.getMessage())), "", command + " --help"));
    }

    private static Failure unmatched(UnmatchedArgumentException e, String command) {
        var word = e.getUnmatched().getFirst();
        var hasCommands = !e.getCommandLine().getSubcommands().isEmpty();
        var what = word.startsWith("-")
                ? command + " has no option '" + word + "'"
                : hasCommands
                        ? "there is no command '" + command + " " + word + "'"
                        : "'" + word + "' is an argument too many";
        var suggestions = e.getSuggestions();
        return new Failure(
                Exit.USAGE,
                what,
                "",
                suggestions.isEmpty() ? command + " --help" : "did you mean '" + suggestions.getFirst() + "'?");
    }

    private static String lower(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private int failed(Exception e) {
        return switch (e) {
            case Failure failure -> tell(failure);
            case VaultException vault -> tell(failure(vault));
            case UncheckedIOException io when isClosedPipe(io) -> Exit.OK; // whoever read has seen enough
            case UncheckedIOException io
            when io.getCause() instanceof AccessDeniedException denied ->
                tell(new Failure(
                        Exit.DENIED, "permission denied", String.valueOf(denied.getFile()), "run as root", denied));
            case UncheckedIOException io -> tell(new Failure(Exit.IO, cause(io), "", ""));
            // Its message could be anything, also a value.
            default ->
                tell(new Failure(
                        Exit.FAILED,
                        "this is a fault of dso itself: " + e.getClass().getName(),
                        "",
                        ""));
        };
    }

    private static boolean isClosedPipe(UncheckedIOException e) {
        return cause(e).contains("Broken pipe");
    }

    private static String cause(UncheckedIOException e) {
        return e.getCause() == null
                ? String.valueOf(e.getMessage())
                : String.valueOf(e.getCause().getMessage());
    }

    private static Failure failure(VaultException e) {
        int exit = switch (e.reason()) {
            case ABSENT -> Exit.NOT_FOUND;
            case PRESENT -> Exit.EXISTS;
            case UNREADABLE -> e.getCause() instanceof AccessDeniedException ? Exit.DENIED : Exit.IO;
            case KEY_TOO_OPEN, KEY_WRONG -> Exit.DENIED;
            case KEY_MALFORMED, DAMAGED, TOO_NEW, TOO_LARGE -> Exit.BAD_DATA;
            case LOCKED -> Exit.TRY_AGAIN;
        };
        return new Failure(exit, e.what(), e.where(), e.fix(), e);
    }

    private int tell(Failure failure) {
        surroundings.err().print(failure.text());
        surroundings.err().flush();
        return failure.exit();
    }
}
