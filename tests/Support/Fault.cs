using Microsoft.AspNetCore.Http;

namespace Sallyport.Tests.Support;

/// <summary>A way to misbehave: writes the answer itself, or does something and then calls <paramref name="answer"/> for the true one.</summary>
internal delegate Task Fault(HttpContext context, Func<Task> answer);
