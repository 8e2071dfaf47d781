using Spectre.Console;

AnsiConsole.MarkupLine("Sallyport's load tests. No scenario exists yet; numbers measured so far are in [bold]docs/performance.md[/].");
return 0;
