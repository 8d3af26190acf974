"""openapi.json: the API in the words of OpenAPI 3.1, made from its routes; docs/openapi.json is a copy of it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from reportgen import __version__
from reportgen.web.access import ACCESS
from reportgen.web.api import applications, reports, uses
from reportgen.web.api.models import Problem, SentApplication, SentPaper, SentUse

router = APIRouter(prefix="/api/v1")
_ROOMS = (applications, reports, uses)
_SENT = (SentApplication, SentPaper, SentUse)
_ABOUT = """出具机构对外的接口：申请、查看、核验、核销信用报告。

密钥在门户的“接口密钥”页新建，以 `Authorization: Bearer rgk_…` 送来；它代表它的账号，看到的与该账号登录后所见相同。
出错的回答是 `application/problem+json`（RFC 9457），编码与说明同命令行。时间为北京时间，带 +08:00。用法见 docs/api.md。"""
_KEY = {"type": "http", "scheme": "bearer", "description": "接口密钥 rgk_前缀_秘密"}
_PROBLEM = {
    "description": "没有办成，及其原因",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@router.get("/openapi.json", name="api_openapi", include_in_schema=False)
def openapi() -> JSONResponse:
    """Return the document."""
    return JSONResponse(document())


@cache
def document() -> dict[str, Any]:
    """Return openapi.json."""
    app = FastAPI(openapi_url=None)
    for room in _ROOMS:
        app.include_router(room.router)
    made = get_openapi(title="信用报告服务", version=__version__, description=_ABOUT, routes=app.routes)
    schemas = made["components"]["schemas"]
    schemas.update(_schemas())
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    made["components"]["securitySchemes"] = {"key": _KEY}
    names = {route.unique_id: route.name for route in _routes()}
    for operation in _operations(made):
        name = names[operation["operationId"]]
        scope, answers = ACCESS[name].scope, operation["responses"]
        answers.pop("422", None)
        for answer in answers.values():
            answer["description"] = "办成"
        answers["default"] = _PROBLEM
        operation |= {
            "operationId": name.removeprefix("api_"),
            "description": f"{operation['description']}\n\n密钥的用途：`{scope}`",
            "security": [{"key": []}],
        }
    return made


def _routes() -> Iterator[APIRoute]:
    for room in _ROOMS:
        yield from (route for route in room.router.routes if isinstance(route, APIRoute))


def _operations(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in made["paths"].values():
        yield from path.values()


def _schemas() -> dict[str, Any]:
    """Return the schemas of what is sent, which the door reads and FastAPI does not see, and of a problem."""
    modes = [*((model, "validation") for model in _SENT), (Problem, "serialization")]
    _, found = models_json_schema(modes, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas: dict[str, Any] = found["$defs"]
    return schemas
