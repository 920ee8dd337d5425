package io.dso.cli;

import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * A command with its subcommands, made when it is needed: to make them all takes longer than what most of them do.
 *
 * @param name as the user says it
 */
public record Branch(String name, Supplier<CommandLine> maker) {

    /** One without subcommands. */
    public static Branch of(String name, Supplier<Object> command) {
        return new Branch(name, () -> new CommandLine(command.get()));
    }
}
