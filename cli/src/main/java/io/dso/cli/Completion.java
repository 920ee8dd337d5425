package io.dso.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a script that completes commands and options. */
@Command(
        name = "completion",
        description = {
            "Write a completion script.",
            "  bash: source <(dso completion bash)",
            "  zsh:  source <(dso completion zsh)",
            "  fish: dso completion fish | source"
        })
final class Completion implements Callable<Integer> {
    private final Dso dso;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything else
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell = Shell.bash;

    /** Those we know. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    Completion(Dso dso) {
        this.dso = dso;
    }

    @Override
    public Integer call() {
        var root = spec.root().commandLine();
        dso.screen()
                .text(
                        switch (shell) {
                            case bash, zsh -> AutoComplete.bash("dso", root); // one script, it asks which shell runs it
                            case fish -> fish(root);
                        });
        return Exit.OK;
    }

    private static String fish(CommandLine root) {
        var script = new StringBuilder("complete -c dso -f\n");
        complete(script, root, "__fish_use_subcommand");
        root.getSubcommands().forEach((name, command) -> {
            var seen = "__fish_seen_subcommand_from " + name;
            if (command.getSubcommands().isEmpty()) {
                complete(script, command, seen);
            } else {
                var names = String.join(" ", command.getSubcommands().keySet());
                complete(script, command, seen + "; and not __fish_seen_subcommand_from " + names);
                command.getSubcommands()
                        .forEach((inner, leaf) ->
                                complete(script, leaf, seen + "; and __fish_seen_subcommand_from " + inner));
            }
        });
        return script.toString();
    }

    private static void complete(StringBuilder script, CommandLine command, String condition) {
        var line = "complete -c dso -n '" + condition + "' ";
        command.getSubcommands()
                .forEach((name, sub) -> script.append(line)
                        .append("-a ")
                        .append(name)
                        .append(" -d ")
                        .append(quoted(sub.getCommandSpec()))
                        .append('\n'));
        for (var option : command.getCommandSpec().options()) {
            var takesFile =
                    option.paramLabel().equals("FILE") || option.paramLabel().equals("PATH");
            script.append(line)
                    .append("-l ")
                    .append(option.longestName().substring(2))
                    .append(takesFile ? " -r -F" : option.arity().max() > 0 ? " -x" : "")
                    .append('\n');
        }
    }

    private static String quoted(CommandSpec command) {
        var words = command.usageMessage().description();
        var first = words.length == 0 ? "" : words[0];
        return "'" + first.replace("'", "\\'") + "'";
    }
}
