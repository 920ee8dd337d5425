package io.dso.cli;

import io.dso.cli.output.Cell;
import io.dso.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains a command, or the exit codes. */
@Command(name = "help", description = "Show how a command is used, or 'dso help exit-codes'.")
final class HelpCommand implements Callable<Integer> {
    private final Dso dso;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Parameters(paramLabel = "TOPIC", arity = "0..*", description = "A command, or exit-codes.")
    private List<String> topic = List.of();

    HelpCommand(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        if (topic.equals(List.of("exit-codes"))) {
            dso.screen().text(exitCodes());
            return Exit.OK;
        }
        CommandLine command = spec.parent().commandLine();
        for (var name : topic) {
            var sub = command.getSubcommands().get(name);
            if (sub == null) {
                throw new Failure(
                        Exit.USAGE,
                        "there is no command '" + name + "'",
                        command.getCommandSpec().qualifiedName(),
                        command.getCommandSpec().qualifiedName() + " --help");
            }
            command = sub;
        }
        dso.screen().text(command.getUsageMessage(CommandLine.Help.Ansi.OFF));
        return Exit.OK;
    }

    private String exitCodes() {
        var table = new Table("CODE", "MEANING");
        row(table, Exit.OK, "done");
        row(table, Exit.FAILED, "it didn't work, for a reason without a code of its own");
        row(table, Exit.USAGE, "the command line is wrong; plan, rotate --dry-run: something would be done");
        row(table, Exit.BAD_DATA, "the configuration, the vault or the value is wrong inside");
        row(table, Exit.NOT_FOUND, "the secret, version, bundle, file or vault isn't there");
        row(table, Exit.UNAVAILABLE, "the agent doesn't answer, or isn't ready");
        row(table, Exit.EXISTS, "it is there already, and stays");
        row(table, Exit.IO, "a file can't be read or written");
        row(table, Exit.TRY_AGAIN, "not now: another process is writing, or the time was up");
        row(table, Exit.DENIED, "not you, or not with this key");
        return table.shown(dso.surroundings().clock().instant());
    }

    private static void row(Table table, int code, String meaning) {
        table.row(Cell.of(code), Cell.of(meaning));
    }
}
