from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def alive(request):
    return PlainTextResponse("ok")


app = Starlette(
    routes=[
        Route("/healthz", alive),
        Route("/", alive),
    ]
)
